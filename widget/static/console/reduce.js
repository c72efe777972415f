/**
 * What an event of the service does to the state. Pure: no clock, no DOM, no socket.
 *
 * @import { AgentEvent, AgentWelcome, Failed, Message, Noted, OfferExpired, Offered, ReplyOverdue, TicketDue, TransferReturned } from '../shared/protocol.js'
 * @import { Chat, Queue, State } from './state.js'
 */

import { findChat, watchedChats } from './state.js';
import { change, drop, letGo, place, toast } from './steps.js';
import { hearOf, missNews } from './tickets/desk-state.js';
import { addNote, merge, toBoard, toChat, toOffer, toQueue, toTeam, toWatched } from './wire.js';

/** A typing mark without a draft lasts this long; panels repeat it more often. */
export const TYPING_MS = 6000;

/**
 * @param {State} state
 * @param {AgentEvent} event
 * @param {number} now ms
 * @returns {State}
 */
export function reduce(state, event, now) {
  switch (event.type) {
    case 'welcome':
      return welcome(state, event, now);
    case 'availability_changed':
      return { ...state, availability: event.status, setBy: event.status === 'away' ? (event.reason ?? 'chosen') : null };
    case 'queue_changed':
      return { ...state, queues: putQueue(state.queues, toQueue(event, now)) };
    case 'offered':
      return offered(state, event, now);
    case 'offer_expired':
      return stopRinging(state, event);
    case 'assigned':
      return open(stopRinging(state, { chat: event.chat, reason: 'accepted' }), toChat(event, findChat(state, event.chat)));
    case 'watched':
      return open(state, toWatched(event, findChat(state, event.chat)));
    case 'unwatched':
      return findChat(state, event.chat)?.watch ? drop(state, event.chat, { kind: 'unwatched' }) : state;
    case 'said':
      return change(state, event.chat, (chat) => said(chat, event));
    case 'noted':
      return noted(state, event);
    case 'read':
      return change(state, event.chat, (chat) => ({ ...chat, opened: true, read: Math.max(chat.read, event.seq) }));
    case 'typing':
      return change(state, event.chat, (chat) => ({
        ...chat,
        typing: event.draft === '' ? null : { draft: event.draft ?? null, at: now },
      }));
    case 'delivered':
      return change(state, event.chat, (chat) => ({ ...chat, delivered: Math.max(chat.delivered, event.seq) }));
    case 'seen':
      return change(state, event.chat, (chat) => ({ ...chat, seen: Math.max(chat.seen, event.seq) }));
    case 'visited':
      return change(state, event.chat, (chat) => ({
        ...chat,
        visitor: { ...chat.visitor, page: event.page },
        pages: [event.page, ...chat.pages.filter((page) => page.url !== event.page.url)].slice(0, 10),
      }));
    case 'visitor_left':
      return change(state, event.chat, (chat) => ({ ...chat, typing: null, eraseAt: Date.parse(event.erase_at) }));
    case 'visitor_back':
      return change(state, event.chat, (chat) => ({ ...chat, eraseAt: null }));
    case 'reply_due':
      return change(state, event.chat, (chat) => ({ ...chat, due: Date.parse(event.since) }));
    case 'reply_overdue':
      return overdue(state, event, now);
    case 'transferring': {
      const transfer = { to: event.to, until: Date.parse(event.expires_at) };
      return closeTransfer(
        change(state, event.chat, (chat) => ({ ...chat, transfer })),
        event.chat,
      );
    }
    case 'transfer_returned':
      return returned(state, event);
    case 'transferred':
      return drop(state, event.chat, { kind: 'transferred', to: state.titles[event.to] ?? event.to });
    case 'ended':
      return drop(state, event.chat, { kind: 'ended', by: event.by });
    case 'erased':
      return drop(state, event.chat, { kind: 'erased' });
    case 'colleagues':
      return { ...state, colleagues: { teams: event.teams.map((team) => toTeam(team, now)), agents: event.agents } };
    case 'board':
      return { ...state, board: toBoard(event, now) };
    case 'ticket_left': {
      const known = findChat(state, event.chat)?.tickets.includes(event.number);
      const mine = state.filing && state.filing.command.ref === event.ref;
      const done = mine ? { ...state, filing: null, dialog: null } : state;
      const filed = change(done, event.chat, (chat) => ({
        ...chat,
        offered: false,
        tickets: [...new Set([...chat.tickets, event.number])],
      }));
      return known ? filed : toast(filed, { key: 'console.toast.ticket', params: { number: String(event.number) }, tone: 'good' });
    }
    case 'comments_changed':
      return { ...state, help: { ...state.help, version: state.help.version + 1 } };
    case 'ticket_changed':
      return hearOf(state, event);
    case 'ticket_viewers':
      return { ...state, viewers: event };
    case 'ticket_due':
      return ticketDue(state, event);
    case 'failed':
      return failed(state, event);
    default:
      return state;
  }
}

/**
 * What is watched stays until the service has answered whether it still may be. What was asked for and is not there now
 * may have been lost on the way: it can be asked for again.
 * @param {State} state
 * @param {AgentWelcome} event
 * @param {number} now
 * @returns {State}
 */
function welcome(state, event, now) {
  const own = event.chats.map((chat) => toChat(chat, findChat(state, chat.chat)));
  const watched = watchedChats(state).filter(({ chat }) => !own.some((one) => one.chat === chat));
  const chats = [...own.sort((a, b) => a.startedAt - b.startedAt), ...watched];
  const stillHere = chats.some((chat) => chat.chat === state.selected);
  const known = new Map(state.offers.map((offer) => [offer.chat, offer.rangAt]));
  return letGo({
    ...missNews(state),
    ready: true,
    help: { ...state.help, version: state.help.version + 1 },
    agent: event.agent,
    availability: event.availability,
    setBy: event.availability === 'away' ? state.setBy : null,
    limits: event.limits,
    graceMs: event.grace_s * 1000,
    queues: event.queues.map((queue) => toQueue(queue, now)),
    offers: event.offers.map((offer) => toOffer(offer, known.get(offer.chat) ?? now)),
    chats,
    wanted: null,
    dialog: askAgain(state.dialog, chats),
    selected: stillHere ? state.selected : null,
    closing: state.selected && !stillHere ? { kind: 'gone' } : state.closing,
  });
}

/**
 * @param {State['dialog']} dialog
 * @param {readonly Chat[]} chats
 * @returns {State['dialog']}
 */
function askAgain(dialog, chats) {
  if (dialog?.name !== 'transfer') return dialog;
  const begun = chats.some(({ chat, transfer }) => chat === dialog.chat && transfer);
  return begun ? null : { ...dialog, asked: false };
}

/**
 * @param {State} state
 * @param {Chat} chat
 * @returns {State}
 */
function open(state, chat) {
  return { ...state, chats: place(state.chats, chat) };
}

/**
 * @param {Chat} chat
 * @param {Message} message
 * @returns {Chat}
 */
function said(chat, { seq, author, text, at, name, ref }) {
  return {
    ...chat,
    typing: author === 'visitor' ? null : chat.typing,
    due: author === 'agent' ? null : chat.due,
    pending: author === 'agent' ? chat.pending.acknowledge(ref ?? undefined) : chat.pending,
    messages: merge(chat.messages, [{ seq, author, text, at, name, ref }]),
  };
}

/**
 * A colleague's note in a chat that is not open here is told of: it is meant to be read now.
 * @param {State} state
 * @param {Noted} event
 * @returns {State}
 */
function noted(state, event) {
  const chat = findChat(state, event.chat);
  if (!chat) return state;
  const known = chat.notes.some(({ n }) => n === event.n);
  const pending = chat.pending.acknowledge(event.ref ?? undefined);
  const next = change(state, event.chat, (one) => ({ ...one, pending, notes: addNote(one.notes, event) }));
  const open = state.view.name === 'chats' && state.selected === event.chat;
  if (known || open || chat.watch || event.name === state.agent.name) return next;
  return toast(next, { key: 'console.toast.note', params: { name: event.name }, chat: event.chat });
}

/**
 * @param {State} state
 * @param {Offered} event
 * @param {number} now
 * @returns {State}
 */
function offered(state, event, now) {
  const others = state.offers.filter((offer) => offer.chat !== event.chat);
  return { ...state, offers: [...others, toOffer(event, now)].sort((a, b) => a.expiresAt - b.expiresAt) };
}

/**
 * @param {State} state
 * @param {Pick<OfferExpired, 'chat' | 'reason'>} event
 * @returns {State}
 */
function stopRinging(state, { chat, reason = 'missed' }) {
  if (!state.offers.some((offer) => offer.chat === chat)) return state;
  const quiet = { ...state, offers: state.offers.filter((offer) => offer.chat !== chat) };
  if (reason === 'accepted' || reason === 'declined') return quiet;
  return toast(quiet, { key: `console.offer.${reason}`, tone: reason === 'missed' ? 'bad' : 'neutral' });
}

/**
 * @param {State} state
 * @param {ReplyOverdue} event
 * @param {number} now
 * @returns {State}
 */
function overdue(state, { chat, agent, since }, now) {
  const minutes = Math.max(1, Math.round((now - Date.parse(since)) / 60_000));
  return toast(state, { key: 'console.toast.overdue', params: { name: agent, count: minutes }, tone: 'bad', chat, watch: true });
}

/**
 * A promise runs out: whoever has the ticket is told, or its team while nobody has it.
 * @param {State} state
 * @param {TicketDue} event
 * @returns {State}
 */
function ticketDue(state, { site, number, stage, team, assignee }) {
  const mine = assignee ? assignee === state.agent.id : state.agent.teams.includes(team ?? '');
  const known = hearOf(state, { site, number });
  if (!mine) return known;
  const view = /** @type {const} */ ({ name: 'ticket', site, number });
  return toast(known, { key: `console.due.told_${stage}`, params: { number: String(number) }, tone: stage === 'overdue' ? 'bad' : 'neutral', view });
}

/**
 * @param {State} state
 * @param {TransferReturned} event
 * @returns {State}
 */
function returned(state, { chat, to, reason }) {
  const kept = change(state, chat, (one) => ({ ...one, transfer: null }));
  return toast(kept, { key: `console.transfer.${reason}`, params: { to }, tone: reason === 'cancelled' ? 'neutral' : 'bad', chat });
}

/**
 * @param {State} state
 * @param {string} chat
 * @returns {State}
 */
function closeTransfer(state, chat) {
  return state.dialog?.name === 'transfer' && state.dialog.chat === chat ? { ...state, dialog: null } : state;
}

/**
 * A refused line stays where it was written, with the reason; so does a refused hand-over. Any other refusal is told once.
 * @param {State} state
 * @param {Failed} event
 * @returns {State}
 */
function failed(state, { code, ref, chat }) {
  const owner = ref && state.chats.find((one) => one.pending.has(ref));
  if (owner) return change(state, owner.chat, (one) => ({ ...one, pending: one.pending.fail(ref, code) }));
  if (ref && state.filing?.command.ref === ref) return { ...state, filing: { ...state.filing, failed: code } };
  const { dialog } = state;
  if (dialog?.name === 'transfer' && dialog.asked && dialog.chat === chat) return { ...state, dialog: { ...dialog, asked: false, fault: code } };
  const calm = { ...state, wanted: state.wanted === chat ? null : state.wanted, dialog: dialog?.name === 'leave' ? { ...dialog, asked: false } : dialog };
  if (chat && code === 'not_offered') return stopRinging(calm, { chat, reason: 'withdrawn' });
  if (chat && code === 'no_chat' && findChat(state, chat)?.watch) return drop(calm, chat, { kind: 'unwatched' });
  return toast(calm, { key: `error.${code}`, tone: 'bad', chat: findChat(state, chat ?? '')?.chat });
}

/**
 * @param {readonly Queue[]} queues
 * @param {Queue} queue
 */
function putQueue(queues, queue) {
  const known = queues.some((one) => one.team === queue.team);
  return known ? queues.map((one) => (one.team === queue.team ? queue : one)) : [...queues, queue];
}

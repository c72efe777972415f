/**
 * What an event of the service does to the state. Pure: no clock, no DOM, no socket.
 *
 * @import { AgentEvent, AgentWelcome, Failed, Message } from '../shared/protocol.js'
 * @import { Chat, Closing, Queue, State, Toast } from './state.js'
 */

import { findChat } from './state.js';
import { addNote, merge, toChat, toQueue } from './wire.js';

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
      return { ...state, availability: event.status };
    case 'queue_changed':
      return { ...state, queues: putQueue(state.queues, toQueue(event, now)) };
    case 'assigned':
      return open(state, toChat(event, findChat(state, event.chat)));
    case 'said':
      return change(state, event.chat, (chat) => said(chat, event));
    case 'noted':
      return change(state, event.chat, (chat) => ({
        ...chat,
        pending: chat.pending.acknowledge(event.ref ?? undefined),
        notes: addNote(chat.notes, event),
      }));
    case 'read':
      return change(state, event.chat, (chat) => ({ ...chat, read: Math.max(chat.read, event.seq) }));
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
    case 'ended':
      return drop(state, event.chat, { kind: 'ended', by: event.by });
    case 'erased':
      return drop(state, event.chat, { kind: 'erased' });
    case 'transferred':
      return drop(state, event.chat, { kind: 'transferred' });
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
    case 'ticket_changed':
      return { ...state, ticketsVersion: state.ticketsVersion + 1 };
    case 'failed':
      return failed(state, event);
    default:
      return state;
  }
}

/**
 * @param {State} state
 * @param {AgentWelcome} event
 * @param {number} now
 * @returns {State}
 */
function welcome(state, event, now) {
  const chats = event.chats.map((chat) => toChat(chat, findChat(state, chat.chat)));
  const stillHere = chats.some((chat) => chat.chat === state.selected);
  return letGo({
    ...state,
    ready: true,
    agent: event.agent,
    availability: event.availability,
    limits: event.limits,
    graceMs: event.grace_s * 1000,
    queues: event.queues.map((queue) => toQueue(queue, now)),
    chats: chats.sort((a, b) => a.startedAt - b.startedAt),
    selected: stillHere ? state.selected : null,
    closing: state.selected && !stillHere ? { kind: 'gone' } : state.closing,
    ticketsVersion: state.ticketsVersion + 1,
  });
}

/**
 * @param {State} state
 * @param {Chat} chat
 * @returns {State}
 */
function open(state, chat) {
  const others = state.chats.filter((one) => one.chat !== chat.chat);
  return { ...state, chats: [...others, chat].sort((a, b) => a.startedAt - b.startedAt) };
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
    pending: author === 'agent' ? chat.pending.acknowledge(ref ?? undefined) : chat.pending,
    messages: merge(chat.messages, [{ seq, author, text, at, name, ref }]),
  };
}

/**
 * A refused line stays where it was written, with the reason; any other refusal is told once.
 * @param {State} state
 * @param {Failed} event
 * @returns {State}
 */
function failed(state, { code, ref, chat }) {
  const owner = ref && state.chats.find((one) => one.pending.has(ref));
  if (owner) return change(state, owner.chat, (one) => ({ ...one, pending: one.pending.fail(ref, code) }));
  if (ref && state.filing?.command.ref === ref) return { ...state, filing: { ...state.filing, failed: code } };
  return toast(state, { key: `error.${code}`, tone: 'bad', chat: chat ?? undefined });
}

/**
 * Every word of a chat goes; only the fact that it was here stays on the screen.
 * @param {State} state
 * @param {string} chat
 * @param {Closing} closing
 * @returns {State}
 */
function drop(state, chat, closing) {
  const gone = findChat(state, chat);
  if (!gone) return state;
  const rest = letGo({ ...state, chats: state.chats.filter((one) => one.chat !== chat) });
  /** @type {Closing} */
  const why = gone.eraseAt === null ? closing : { kind: 'erased' };
  if (state.selected === chat) return { ...rest, selected: null, closing: { ...why, tickets: gone.tickets } };
  return toast(rest, { key: `console.closing.${why.by ?? why.kind}` });
}

/**
 * Closes what was open about a chat that is no longer here.
 * @param {State} state
 * @returns {State}
 */
function letGo(state) {
  const here = (/** @type {string} */ chat) => findChat(state, chat) !== null;
  return {
    ...state,
    dialog: state.dialog && 'chat' in state.dialog && !here(state.dialog.chat) ? null : state.dialog,
    filing: state.filing && !here(state.filing.command.chat) ? null : state.filing,
  };
}

/**
 * @param {State} state
 * @param {{key: string, tone?: Toast['tone'], params?: Toast['params'], chat?: string}} words
 * @returns {State}
 */
export function toast(state, { key, tone = 'neutral', params = {}, chat }) {
  const id = state.lastToast + 1;
  return { ...state, lastToast: id, toasts: [...state.toasts, { id, key, params, tone, chat }].slice(-4) };
}

/**
 * @param {State} state
 * @param {string} id
 * @param {(chat: Chat) => Chat} step
 * @returns {State}
 */
export function change(state, id, step) {
  return { ...state, chats: state.chats.map((chat) => (chat.chat === id ? step(chat) : chat)) };
}

/**
 * @param {readonly Queue[]} queues
 * @param {Queue} queue
 */
function putQueue(queues, queue) {
  const known = queues.some((one) => one.team === queue.team);
  return known ? queues.map((one) => (one.team === queue.team ? queue : one)) : [...queues, queue];
}

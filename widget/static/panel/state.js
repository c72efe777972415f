/**
 * What the panel knows, and how each event changes it. Pure: no clock, no DOM, no network.
 *
 * Server events come as they are (past tense, see `shared/protocol.js`); what happens in this tab comes as a {@link Deed}.
 */

import { ERROR_CODES } from '../shared/protocol.js';
import { Pending } from '../shared/pending.js';

/**
 * @typedef {import('../shared/protocol.js').VisitorEvent} VisitorEvent
 * @typedef {import('../shared/protocol.js').Start} Start
 * @typedef {import('../shared/protocol.js').VisitorLeaveTicket} LeaveTicket
 * @typedef {import('../shared/protocol.js').Message} Message
 * @typedef {{ref: string, text: string, at: number, failed?: string}} PendingLine
 *
 * @typedef {{type: 'shown', open: boolean}
 *   | {type: 'linked', state: import('../shared/socket.js').SocketStateName, name?: string}
 *   | {type: 'resumed', token: string}
 *   | {type: 'asked', command: Start, at: number}
 *   | {type: 'wrote', line: PendingLine}
 *   | {type: 'retried', ref: string}
 *   | {type: 'discarded', ref: string}
 *   | {type: 'read', seq: number}
 *   | {type: 'stopped_typing'}
 *   | {type: 'filed', command: LeaveTicket}
 *   | {type: 'went', screen: Screen}
 *   | {type: 'kept_waiting'}
 *   | {type: 'scored', score: number}
 *   | {type: 'cleared'}} Deed
 *
 * @typedef {'chat'|'ticket'|'left'} Screen
 * @typedef {'none'|'resuming'|'starting'|'waiting'|'active'|'ended'} Phase
 *
 * @typedef {object} State
 * @property {boolean} open the host shows the panel
 * @property {import('../shared/socket.js').SocketStateName} link
 * @property {string | null} fault why there is no connection: a close name or an identity code
 * @property {'online'|'busy'|'closed'|null} availability null until the first `welcome`
 * @property {string | null} reopensAt
 * @property {string | null} replyWithin
 * @property {number} graceS
 * @property {Screen} screen
 * @property {Phase} phase
 * @property {string | null} chat
 * @property {string | null} token
 * @property {Start | null} start not yet acknowledged
 * @property {{text: string, at: string | number} | null} question what was asked in `start`; it has no `seq`
 * @property {number | null} position
 * @property {number | null} waitS
 * @property {import('../shared/protocol.js').AgentCard | null} agent
 * @property {boolean} agentAway
 * @property {boolean} typing
 * @property {readonly Message[]} messages by `seq`
 * @property {Pending<PendingLine>} pending
 * @property {readonly string[]} unsure refs of own lines that no agent's tab has and the last `welcome` did not tell of
 * @property {number} delivered
 * @property {number} seen by the agent
 * @property {number} read by the visitor
 * @property {{reason: string, replyWithin: string | null} | null} offer
 * @property {'visitor'|'agent'|'idle'|'service'|null} endedBy
 * @property {boolean} erased
 * @property {number | null} score
 * @property {LeaveTicket | null} filing not yet acknowledged
 * @property {{number: number, link: string} | null} ticket
 * @property {string | null} refused the error code of the last `start` or `leave_ticket`
 * @property {Record<string, string>} faults of its fields, as codes
 */

/** @type {Omit<State, 'open'|'link'|'fault'|'availability'|'reopensAt'|'replyWithin'|'graceS'>} */
const NO_CHAT = {
  screen: 'chat',
  phase: 'none',
  chat: null,
  token: null,
  start: null,
  question: null,
  position: null,
  waitS: null,
  agent: null,
  agentAway: false,
  typing: false,
  messages: [],
  pending: new Pending(),
  unsure: [],
  delivered: 0,
  seen: 0,
  read: 0,
  offer: null,
  endedBy: null,
  erased: false,
  score: null,
  filing: null,
  ticket: null,
  refused: null,
  faults: {},
};

/** @type {State} */
export const INITIAL = { ...NO_CHAT, open: false, link: 'connecting', fault: null, availability: null, reopensAt: null, replyWithin: null, graceS: 30 };

/**
 * @param {State} state
 * @param {VisitorEvent | Deed} event
 * @returns {State}
 */
export function reduce(state, event) {
  switch (event.type) {
    case 'welcome':
      return welcomed(state, event);
    case 'started':
      return { ...state, phase: 'waiting', chat: event.chat, token: event.token, start: null, refused: null };
    case 'queued':
      return { ...state, phase: 'waiting', position: event.position, waitS: event.wait_s ?? null, agent: null, agentAway: false, typing: false };
    case 'assigned':
      return { ...state, phase: 'active', agent: event.agent, agentAway: false, position: null, offer: null };
    case 'said':
      return said(state, [event]);
    case 'typing':
      return { ...state, typing: true };
    case 'delivered':
      return { ...state, delivered: Math.max(state.delivered, event.seq) };
    case 'seen':
      return { ...state, seen: Math.max(state.seen, event.seq), delivered: Math.max(state.delivered, event.seq) };
    case 'agent_left':
      return { ...state, agentAway: true, typing: false };
    case 'agent_back':
      return { ...state, agentAway: false };
    case 'ticket_offered':
      return offered(state, event);
    case 'ticket_left':
      return ticketLeft(state, event);
    case 'ended':
      return { ...state, phase: 'ended', endedBy: event.by, token: null, typing: false, agentAway: false, offer: null, start: null, pending: lost(state.pending) };
    case 'erased':
      return { ...state, erased: true, token: null };
    case 'failed':
      return failed(state, event);
    case 'pong':
      return state;
    default:
      return done(state, event);
  }
}

/**
 * @param {State} state
 * @param {Deed} deed
 * @returns {State}
 */
function done(state, deed) {
  switch (deed.type) {
    case 'shown':
      return { ...state, open: deed.open };
    case 'linked':
      return { ...state, link: deed.state, typing: deed.state === 'open' && state.typing, fault: deed.state === 'closed' ? (state.fault ?? deed.name ?? null) : deed.state === 'open' ? null : state.fault };
    case 'resumed':
      return { ...state, phase: 'resuming', token: deed.token };
    case 'asked': {
      const { question } = deed.command;
      return { ...state, phase: 'starting', start: deed.command, question: question ? { text: question, at: deed.at } : null, refused: null };
    }
    case 'wrote':
      return { ...state, pending: state.pending.add(deed.line) };
    case 'retried':
      return { ...state, pending: state.pending.retry(deed.ref) };
    case 'discarded':
      return { ...state, pending: state.pending.acknowledge(deed.ref) };
    case 'read':
      return { ...state, read: Math.max(state.read, deed.seq) };
    case 'stopped_typing':
      return { ...state, typing: false };
    case 'filed':
      return { ...state, filing: deed.command, refused: null };
    case 'went':
      return { ...state, screen: deed.screen, refused: null };
    case 'kept_waiting':
      return { ...state, offer: null };
    case 'scored':
      return { ...state, score: deed.score };
    case 'cleared':
      return { ...state, ...NO_CHAT };
    default:
      return state; // an event of a later protocol version
  }
}

/**
 * What was still on its way when the chat ended has not arrived, and is shown so.
 *
 * @param {State['pending']} pending
 */
function lost(pending) {
  return pending.unacknowledged().reduce((lines, { ref }) => lines.fail(ref, 'no_chat'), pending);
}

/**
 * The first load and every return come through here. No chat although we had one: it is over and erased.
 *
 * @param {State} state
 * @param {import('../shared/protocol.js').VisitorWelcome} event
 * @returns {State}
 */
function welcomed(state, event) {
  const { chat } = event;
  const desk = { ...state, availability: event.availability, reopensAt: event.reopens_at ?? null, replyWithin: event.reply_within ?? null, graceS: event.grace_s, fault: null };
  if (!chat) {
    const hadChat = state.phase === 'resuming' || state.phase === 'waiting' || state.phase === 'active';
    return hadChat ? { ...desk, phase: 'ended', erased: true, token: null, typing: false, agentAway: false, offer: null, pending: lost(state.pending) } : desk;
  }
  const known = state.chat === null || state.chat === chat.id ? desk : { ...desk, messages: [], delivered: 0, seen: 0, read: 0 };
  const delivered = Math.max(known.delivered, chat.delivered ?? 0);
  return said(
    {
      ...known,
      unsure: known.messages.flatMap(({ author, seq, ref }) => (author === 'visitor' && ref && seq > delivered ? [ref] : [])),
      chat: chat.id,
      phase: chat.state,
      start: null,
      question: chat.question ? { text: chat.question, at: chat.started_at || chat.messages[0]?.at || 0 } : known.question,
      position: chat.position ?? null,
      waitS: chat.wait_s ?? null,
      agent: chat.agent ?? null,
      agentAway: false,
      offer: chat.state === 'active' ? null : state.offer,
      delivered,
      seen: Math.max(known.seen, chat.seen ?? 0),
    },
    chat.messages,
  );
}

/**
 * Adds what is new, once, in order, and takes its lines out of the pending ones.
 *
 * @param {State} state
 * @param {readonly Message[]} messages
 * @returns {State}
 */
function said(state, messages) {
  const known = new Set(state.messages.map(({ seq }) => seq));
  const fresh = messages.filter(({ seq }) => !known.has(seq));
  let { pending } = state;
  for (const message of messages) if (message.author === 'visitor') pending = pending.acknowledge(message.ref ?? undefined);
  const rest = state.unsure.filter((ref) => !messages.some((message) => message.ref === ref));
  const unsure = rest.length < state.unsure.length ? rest : state.unsure;
  if (!fresh.length) return pending === state.pending && unsure === state.unsure ? state : { ...state, pending, unsure };
  const typing = state.typing && !fresh.some(({ author }) => author === 'agent');
  const again = new Set(fresh.flatMap(({ author, ref }) => (author === 'visitor' && ref ? [ref] : [])));
  const kept = state.messages.filter(({ ref }) => !ref || !again.has(ref)); // the service had lost it and numbered it anew
  return { ...state, messages: [...kept, ...fresh].sort((a, b) => a.seq - b.seq), pending, unsure, typing };
}

/**
 * With `closed` and `queue_full` there is no line to keep: what was typed is still in the form, and goes into the request.
 *
 * @param {State} state
 * @param {import('../shared/protocol.js').TicketOffered} event
 * @returns {State}
 */
function offered(state, event) {
  const offer = { reason: event.reason, replyWithin: event.reply_within ?? state.replyWithin };
  if (event.reason !== 'closed' && event.reason !== 'queue_full') return { ...state, offer };
  return { ...state, ...NO_CHAT, offer, screen: 'ticket' };
}

/**
 * @param {State} state
 * @param {import('../shared/protocol.js').VisitorTicketLeft} event
 * @returns {State}
 */
function ticketLeft(state, event) {
  const ticket = { number: event.number, link: event.link };
  const ours = state.filing !== null && (event.ref ?? state.filing.ref) === state.filing.ref;
  return ours ? { ...state, ticket, filing: null, refused: null, offer: null, screen: 'left' } : { ...state, ticket };
}

/**
 * A refusal that may pass is sent again by the entry module and changes nothing here.
 *
 * @param {State} state
 * @param {import('../shared/protocol.js').Failed} event
 * @returns {State}
 */
function failed(state, { ref, code, errors }) {
  const faults = Object.fromEntries((errors ?? []).map(({ field, message }) => [field, message]));
  if (code.startsWith('identity_')) return { ...state, fault: code };
  if (passes(code)) return state;
  if (ref && ref === state.start?.ref) return { ...state, ...NO_CHAT, refused: code, faults };
  if (ref && ref === state.filing?.ref) return { ...state, filing: null, refused: code, faults };
  return ref ? { ...state, pending: state.pending.fail(ref, code) } : state;
}

/** Whether a refusal passes by itself, soon enough to wait for it. @param {string} code */
export function passes(code) {
  return code !== 'too_many' && !!ERROR_CODES[code]?.retry;
}

/** What a transcript holds: the question and what either side said. @param {State} state */
export function spoken({ question, messages }) {
  const asked = question ? [{ seq: 0, author: /** @type {const} */ ('visitor'), name: null, ...question }] : [];
  return [...asked, ...messages.filter(({ author }) => author !== 'system')];
}

/** How many lines of the agent the visitor has not seen. @param {State} state */
export function unread(state) {
  return state.messages.filter(({ seq, author }) => author === 'agent' && seq > state.read).length;
}

/** The last `seq` shown, for `hello`. @param {State} state */
export function position(state) {
  return state.messages.at(-1)?.seq;
}

/**
 * What must be sent again after a `welcome`: the start, the lines and the ticket that were never acknowledged, and
 * own lines that no agent's tab has yet, in case the service lost them; the `ref` makes all of it harmless. A line that
 * the service has answered is not sent once more, so that those held up by its limit come through in the end.
 *
 * @param {State} state
 * @returns {object[]}
 */
export function outstanding(state) {
  const commands = state.start ? [state.start] : [];
  const unsure = state.messages.filter(({ seq, ref }) => ref && seq > state.delivered && state.unsure.includes(ref));
  const lines = state.phase === 'active' || state.phase === 'waiting' ? [...unsure, ...state.pending.unacknowledged()] : [];
  return [...commands, ...lines.map(({ ref, text }) => ({ type: 'say', ref, text })), ...(state.filing ? [state.filing] : [])];
}

/** How each event changes what the panel knows. Pure: no clock, no DOM, no network. */

import { backFrom, passes } from './facts.js';
import { NO_CHAT } from './model.js';

/**
 * @typedef {import('./model.js').State} State
 * @typedef {import('./model.js').VisitorEvent} VisitorEvent
 * @typedef {import('./model.js').Deed} Deed
 * @typedef {import('./model.js').Message} Message
 */

const STEADY_S = 30; // an estimate must move by so much, and by a quarter, to be worth telling

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
      return { ...state, phase: 'waiting', position: event.position, waitS: steady(state.waitS, event.wait_s), agent: null, agentAway: false, typing: false };
    case 'assigned':
      return { ...state, phase: 'active', agent: event.agent, agentAway: false, position: null, waitS: null, offer: null };
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
    case 'offer_withdrawn':
      return { ...state, offer: standing(state.offer), availability: state.availability === 'closed' ? 'busy' : state.availability };
    case 'ticket_left':
      return ticketLeft(state, event);
    case 'ended':
      return { ...state, phase: 'ended', endedBy: event.by, token: null, typing: false, agentAway: false, offer: null, start: null, pending: lost(state.pending) };
    case 'erased':
      return { ...state, erased: true, token: null };
    case 'failed':
      return failed(state, event);
    case 'notified':
      return { ...state, news: { number: event.number } }; // its words are the host page's to show
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
      return { ...state, open: deed.open, turned: false };
    case 'linked':
      return { ...state, link: deed.state, typing: deed.state === 'open' && state.typing, fault: deed.state === 'closed' ? (state.fault ?? deed.name ?? null) : deed.state === 'open' ? null : state.fault, crowded: deed.name ? deed.name === 'too_many' : state.crowded && deed.state === 'reconnecting' };
    case 'resumed':
      return { ...state, phase: 'resuming', token: deed.token };
    case 'asked': {
      const { question } = deed.command;
      return { ...state, screen: 'chat', trail: [], phase: 'starting', start: deed.command, question: question ? { text: question, at: deed.at } : null, refused: null };
    }
    case 'blocked':
      return { ...state, ...(state.phase !== 'ended' && { ...NO_CHAT, screen: /** @type {const} */ ('ticket') }), offer: 'blocked', blockedUntil: deed.until };
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
      return { ...state, filing: deed.command, refused: null, putOff: false };
    case 'put_off':
      return { ...state, putOff: true };
    case 'posted':
      return ticketLeft(state, deed);
    case 'went':
      return { ...state, screen: deed.screen, trail: trailTo(state, deed), from: null, reading: deed.reading ?? null, turned: false, refused: null, told: deed.screen === 'contacts' || deed.screen === 'help' ? state.told : null };
    case 'returned':
      return { ...state, ...backFrom(state), trail: state.trail.slice(0, -1), from: state.screen, refused: null };
    case 'counted':
      return { ...state, answers: deed.answers, articles: deed.articles };
    case 'kept_waiting':
      return { ...state, offer: null };
    case 'scored':
      return { ...state, score: deed.score };
    case 'cleared':
      return { ...state, ...NO_CHAT, ...(state.blockedUntil && { offer: 'blocked', blockedUntil: state.blockedUntil, screen: /** @type {const} */ ('ticket') }) };
    default:
      return state; // an event of a later protocol version
  }
}

/**
 * The places before the next one; who comes to one of them again has not gone further. What is one of several has all of
 * them before it, unless it lies over something; from one request to another is no way that anybody would go back.
 *
 * @param {State} state
 * @param {Extract<Deed, {type: 'went'}>} deed
 */
function trailTo({ trail, screen, reading }, { screen: next, reading: read, over }) {
  const passed = screen === 'left' || (screen === 'requests' && reading) ? [...trail] : [...trail, { screen, reading }];
  if (read && !over && screen !== next) passed.push({ screen: next, reading: null });
  const before = passed.findIndex((place) => place.screen === next && place.reading === (read ?? null));
  return before < 0 ? passed : passed.slice(0, before);
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
  const desk = { ...state, ...deskOf(event), turned: turned(state, event.availability), blockedUntil: null, offer: state.offer === 'blocked' ? null : state.offer, fault: null, told: null };
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
      waitS: steady(state.waitS, chat.wait_s),
      agent: chat.agent ?? null,
      agentAway: false,
      offer: chat.state === 'active' ? null : standing(state.offer),
      delivered,
      seen: Math.max(known.seen, chat.seen ?? 0),
    },
    chat.messages,
  );
}

/**
 * @param {import('../shared/protocol.js').VisitorWelcome} event
 * @returns {Omit<import('./model.js').Desk, 'turned'>}
 */
function deskOf({ availability, nobody, free, reopens_at, closes_at, reply_within, reply_by, channels, grace_s }) {
  return { availability, nobody: nobody ?? false, free: free ?? 0, reopensAt: reopens_at ?? null, closesAt: closes_at ?? null, replyWithin: reply_within ?? null, replyBy: reply_by ?? null, channels: channels ?? null, graceS: grace_s };
}

/**
 * Whether what the visitor looks at, a request or a question half written, stays although the desk has opened or closed.
 *
 * @param {State} state
 * @param {import('./model.js').Availability} availability
 */
function turned({ open, phase, availability: was, turned }, availability) {
  if (!open || phase !== 'none' || !was) return false;
  return (was === 'closed') === (availability === 'closed') ? turned : !turned;
}

/**
 * Estimates breathe with every chat that ends; the one that is shown moves only when it says something new.
 *
 * @param {number | null} shown
 * @param {number | null} [estimate] seconds
 */
function steady(shown, estimate) {
  if (!shown || !estimate) return estimate ?? null;
  return Math.abs(estimate - shown) > Math.max(STEADY_S, shown / 4) ? estimate : shown;
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
 * A `start` that found no line to join: what was typed is still in the form, and goes into the request.
 *
 * @param {State} state
 * @param {import('../shared/protocol.js').TicketOffered} event
 * @returns {State}
 */
function offered(state, { reason, ref, reply_within, reply_by, reopens_at }) {
  const promise = { replyWithin: reply_within ?? state.replyWithin, replyBy: reply_by ?? state.replyBy };
  /** @type {Partial<State>} */
  const closed = reason === 'closed' ? { availability: 'closed', reopensAt: reopens_at ?? state.reopensAt, turned: false } : {};
  if (!state.start || (ref && ref !== state.start.ref)) return { ...state, ...promise, ...closed, offer: reason };
  return { ...state, ...promise, ...closed, ...NO_CHAT, offer: reason, screen: 'ticket' };
}

/**
 * What still holds of an offer when nobody says so any more: that nobody is there, or the desk closed, is told anew.
 *
 * @param {State['offer']} offer
 */
function standing(offer) {
  return offer === 'no_agents' || offer === 'closed' ? null : offer;
}

/**
 * Who leaves a request from the line has left the line.
 *
 * @param {State} state
 * @param {Pick<import('../shared/protocol.js').VisitorTicketLeft, 'ref'|'number'|'link'|'reply_within'|'reply_by'>} event
 * @returns {State}
 */
function ticketLeft(state, event) {
  const ticket = { number: event.number, link: event.link, replyWithin: event.reply_within ?? null, replyBy: event.reply_by ?? null };
  const ours = state.filing !== null && (event.ref ?? state.filing.ref) === state.filing.ref;
  if (!ours) return { ...state, ticket };
  /** @type {Partial<State>} */
  const gone = state.phase === 'waiting' ? { phase: 'ended', endedBy: 'visitor', token: null } : {};
  return { ...state, ...gone, ticket, filing: null, refused: null, offer: null, screen: 'left' };
}

/**
 * A refusal that may pass is sent again by the entry module and changes nothing here.
 *
 * @param {State} state
 * @param {import('../shared/protocol.js').Failed} event
 * @returns {State}
 */
function failed(state, { ref, code, errors, told }) {
  const faults = Object.fromEntries((errors ?? []).map(({ field, message }) => [field, message]));
  const start = ref && ref === state.start?.ref;
  if (ref && ref === state.filing?.ref && !passes(code)) return { ...state, filing: null, refused: code, faults, ...(told && { fault: code, told }) };
  if (code === 'not_eligible' || code.startsWith('identity_')) return { ...state, ...(start && NO_CHAT), fault: code, told: told ?? null };
  if (passes(code)) return state;
  if (start) return { ...state, ...NO_CHAT, refused: code, faults };
  return ref ? { ...state, pending: state.pending.fail(ref, code) } : state;
}

/** What follows from the state. */

import { ERROR_CODES } from '../shared/protocol.js';

/** @typedef {import('./model.js').State} State */

const SOON_MS = 60 * 60_000;
const SOMEBODY_MS = 45_000; // after which it is asked anew whether somebody has come, or how many are free
const LOOK_AGAIN_MS = { least: 15_000, most: 86_400_000 };

/** Whether a refusal passes by itself, soon enough to wait for it. @param {string} code */
export function passes(code) {
  return code !== 'too_many' && !!ERROR_CODES[code]?.retry;
}

/** Whether the visitor's plan has this channel; an agent may offer the form beyond it. @param {State} state @param {'chat' | 'form' | 'help'} channel */
export function offers({ channels, offer }, channel) {
  return !channels || channels.includes(channel) || (channel === 'form' && offer === 'agent');
}

/**
 * Whether a chat could begin, as far as the visitor has been shown.
 *
 * @param {State} state
 */
export function startable(state) {
  return offers(state, 'chat') && state.offer !== 'blocked' && (state.availability === 'closed') === state.turned;
}

/**
 * What there is beside a question in its box, in the menu's order.
 *
 * @param {State} state
 * @param {import('./context.js').Context} context
 * @returns {import('./model.js').Screen[]}
 */
export function sectionsOf(state, { config, identity }) {
  const { channels, phase, articles } = state;
  const kinds = config.contacts.filter((kind) => (kind === 'phones' ? !channels || channels.includes('phone') : kind !== 'people' || identity()));
  const help = offers(state, 'help') && (config.help === 'all' || articles);
  return [...(help ? (/** @type {const} */ (['help'])) : []), ...(phase === 'none' ? [] : (/** @type {const} */ (['chat']))), ...(offers(state, 'form') ? (/** @type {const} */ (['ticket', 'requests'])) : []), ...(kinds.length ? (/** @type {const} */ (['contacts'])) : [])];
}

/** Where the way back leads. @param {State} state @returns {import('./model.js').Place} */
export function backFrom({ screen, trail, phase }) {
  return trail.at(-1) ?? { screen: phase === 'none' || screen === 'chat' ? 'home' : 'chat', reading: null };
}

/** When the desk closes, if that is soon. @param {State} state @param {number} now */
export function closesSoon({ availability, closesAt }, now) {
  return availability !== 'closed' && closesAt && Date.parse(closesAt) - now < SOON_MS ? closesAt : null;
}

/**
 * How long until the desk opens or closes and is to be asked anew, in ms; null if that is not known.
 *
 * @param {State} state
 * @param {number} now
 */
export function untilItTurns({ open, availability, nobody, free, reopensAt, closesAt, blockedUntil }, now) {
  if (nobody || (open && free)) return SOMEBODY_MS;
  const at = blockedUntil ?? (availability === 'closed' ? reopensAt : closesAt);
  return at ? Math.min(Math.max(+new Date(at) - now, LOOK_AGAIN_MS.least), LOOK_AGAIN_MS.most) : null;
}

/** What a transcript holds: the question and what either side said. @param {State} state */
export function spoken({ question, messages }) {
  const asked = question ? [{ seq: 0, author: /** @type {const} */ ('visitor'), name: null, ...question }] : [];
  return [...asked, ...messages.filter(({ author }) => author !== 'system')];
}

/** Whether somebody has answered. @param {State} state */
export function answered({ messages }) {
  return messages.some(({ author }) => author === 'agent');
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
  return [...commands, ...lines.map(({ ref, text }) => ({ type: 'say', ref, text })), ...(state.filing?.type === 'leave_ticket' ? [state.filing] : [])];
}

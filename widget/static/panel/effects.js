/** What a change of state does beyond the screen: what the tab remembers, and what the host page hears. */

import { unread } from './facts.js';

/** @typedef {import('./model.js').State} State */

const AGAIN = ['ticket', 'requests', 'contacts', 'help']; // is up again after a page load

/**
 * @param {State} before
 * @param {State} state
 * @param {import('./keep.js').Keep} keep
 * @param {boolean} known who it is: then the service finds their requests
 */
export function remember(before, state, keep, known) {
  if (state.token !== before.token) keep.set('token', state.token);
  if (state.read !== before.read) keep.set('read', state.read || null);
  if (state.token && !before.token && before.start) keep.set('form', { ...keep.get('form'), question: '' });
  if (state.pending !== before.pending || state.start !== before.start || state.filing !== before.filing) {
    const { start, filing, pending } = state;
    keep.set('unsent', start || filing || pending.lines.length ? { start, filing, lines: pending.lines } : null);
  }
  if (state.ticket !== before.ticket && state.screen === 'left') keep.forget('ticket', 'include', 'file');
  const { ticket } = state;
  if (ticket && ticket !== before.ticket && !known) keep.set('requests', { ...keep.get('requests'), [ticket.number]: new URL(ticket.link).searchParams.get('key') });
  if (state.screen !== before.screen || state.reading !== before.reading) keep.set('screen', AGAIN.includes(state.screen) ? [state.screen, state.reading].join('/') : null);
}

/**
 * @param {State} before
 * @param {State} state
 * @param {import('./host.js').Host} host
 */
export function tellHost(before, state, host) {
  const live = state.phase === 'waiting' || state.phase === 'active';
  const wasLive = before.phase === 'waiting' || before.phase === 'active';
  if (state.availability && state.availability !== before.availability) host.tell({ type: 'status', detail: state.availability });
  if (before.start && !state.start && live) host.tell({ type: 'chat_started' });
  if (live !== wasLive) host.tell({ type: 'running', detail: live });
  if (wasLive && state.phase === 'ended') host.tell({ type: 'chat_ended', detail: state.endedBy });
  if (state.ticket && state.ticket !== before.ticket) host.tell({ type: 'ticket_left', detail: state.ticket.number });
  if (unread(state) !== unread(before)) host.tell({ type: 'unread', detail: unread(state) });
  if (readNow(state) !== readNow(before)) host.tell({ type: 'reading', number: readNow(state) });
}

/** The request before the visitor's eyes: what is said in it need not be told besides. @param {State} state */
function readNow({ open, screen, reading }) {
  return open && screen === 'requests' ? Number(reading) || null : null;
}

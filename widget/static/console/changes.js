/**
 * What the agent does in this tab, as pure steps from state to state; the service hears of it from `console.js`.
 *
 * @import { Preferences } from './preferences.js'
 * @import { Box, Connection, Dialog, Filing, Line, Pane, State, View } from './state.js'
 */

import { findChat } from './state.js';
import { change } from './steps.js';

/**
 * @param {State} state
 * @param {string | null} chat
 * @returns {State}
 */
export function select(state, chat) {
  const selected = findChat(state, chat)?.chat ?? null;
  return { ...show(state, { name: 'chats' }), selected, wanted: null, card: false, pane: selected ? 'thread' : 'list' };
}

/**
 * The chat `step` places further down the list, round the end.
 * @param {State} state
 * @param {1 | -1} step
 * @returns {State}
 */
export function selectNext(state, step) {
  const { chats } = state;
  if (chats.length === 0) return state;
  const at = chats.findIndex((chat) => chat.chat === state.selected);
  const next = at < 0 ? (step > 0 ? 0 : chats.length - 1) : (at + step + chats.length) % chats.length;
  return select(state, chats[next].chat);
}

/**
 * @param {State} state
 * @param {View} view
 * @returns {State}
 */
export function show(state, view) {
  return {
    ...state,
    view,
    closing: null,
    board: view.name === 'board' ? state.board : null,
    lastList: view.name === 'tickets' ? view.filter : state.lastList,
    viewers: view.name === 'ticket' && state.viewers?.site === view.site && state.viewers.number === view.number ? state.viewers : null,
  };
}

/**
 * @param {State} state
 * @param {Pane} pane
 * @returns {State}
 */
export function turnTo(state, pane) {
  return { ...state, pane, closing: null, card: false };
}

/**
 * @param {State} state
 * @param {boolean} card
 * @returns {State}
 */
export function openCard(state, card) {
  return { ...state, card };
}

/**
 * @param {State} state
 * @param {Partial<Preferences>} some
 * @returns {State}
 */
export function prefer(state, some) {
  return { ...state, preferences: { ...state.preferences, ...some } };
}

/**
 * @param {State} state
 * @param {Connection} connection
 * @returns {State}
 */
export function connect(state, connection) {
  return { ...state, connection };
}

/**
 * Who watches silently has only notes to write.
 * @param {State} state
 * @param {string} chat
 * @param {Box} box
 * @returns {State}
 */
export function choose(state, chat, box) {
  return change(state, chat, (one) => ({ ...one, box: one.watch && !one.watch.joined ? 'note' : box }));
}

/**
 * @param {State} state
 * @param {string} chat
 * @param {Box} box
 * @param {string} text
 * @returns {State}
 */
export function write(state, chat, box, text) {
  return change(state, chat, (one) => ({ ...one, drafts: { ...one.drafts, [box]: text } }));
}

/**
 * The draft becomes a line that waits for the service's word.
 * @param {State} state
 * @param {string} chat
 * @param {Line} line
 * @returns {State}
 */
export function post(state, chat, line) {
  return change(state, chat, (one) => ({ ...one, drafts: { ...one.drafts, [line.box]: '' }, pending: one.pending.add(line) }));
}

/**
 * @param {State} state
 * @param {string} chat
 * @param {string} ref
 * @returns {State}
 */
export function retry(state, chat, ref) {
  return change(state, chat, (one) => ({ ...one, pending: one.pending.retry(ref) }));
}

/**
 * A refused line goes back into its box, before what is written there by now.
 * @param {State} state
 * @param {string} chat
 * @param {string} ref
 * @returns {State}
 */
export function takeBack(state, chat, ref) {
  return change(state, chat, (one) => {
    const line = one.pending.lines.find((each) => each.ref === ref);
    if (!line) return one;
    const text = [line.text, one.drafts[line.box]].filter(Boolean).join('\n');
    return { ...one, box: line.box, drafts: { ...one.drafts, [line.box]: text }, pending: one.pending.acknowledge(ref) };
  });
}

/**
 * A chat was looked at down to its newest line: the visitor's last is `seq`.
 * @param {State} state
 * @param {string} chat
 * @param {number} seq
 * @returns {State}
 */
export function see(state, chat, seq) {
  return change(state, chat, (one) => ({ ...one, opened: true, read: Math.max(one.read, seq), noted: one.notes.at(-1)?.n ?? 0 }));
}

/**
 * @param {State} state
 * @param {string} chat
 * @returns {State}
 */
export function offer(state, chat) {
  return change(state, chat, (one) => ({ ...one, offered: true }));
}

/**
 * @param {State} state
 * @param {number} id
 * @returns {State}
 */
export function dismiss(state, id) {
  return { ...state, toasts: state.toasts.filter((toast) => toast.id !== id) };
}

/**
 * @param {State} state
 * @param {Dialog | null} dialog
 * @returns {State}
 */
export function ask(state, dialog) {
  return { ...state, dialog, filing: dialog ? state.filing : null };
}

/**
 * @param {State} state
 * @param {Filing} filing
 * @returns {State}
 */
export function file(state, filing) {
  return { ...state, filing };
}

/**
 * A chat was asked for; it opens when it comes.
 * @param {State} state
 * @param {string} chat
 * @returns {State}
 */
export function want(state, chat) {
  return { ...state, wanted: chat };
}

/**
 * What is declined stops ringing at once.
 * @param {State} state
 * @param {string} chat
 * @returns {State}
 */
export function silence(state, chat) {
  return { ...state, offers: state.offers.filter((offer) => offer.chat !== chat) };
}

/**
 * The service is told what a dialog asks for; it stays open until the answer.
 * @param {State} state
 * @returns {State}
 */
export function waitFor(state) {
  const { dialog } = state;
  if (dialog?.name === 'transfer') return { ...state, dialog: { ...dialog, asked: true, fault: undefined } };
  return dialog?.name === 'leave' ? { ...state, dialog: { ...dialog, asked: true } } : state;
}

/**
 * @param {State} state
 * @param {number} waiting
 * @returns {State}
 */
export function countComments(state, waiting) {
  return { ...state, help: { ...state.help, waiting } };
}

/**
 * The board shows a new priority at once; the service's next word confirms it.
 * @param {State} state
 * @param {string} chat
 * @param {number} priority
 * @returns {State}
 */
export function prioritise(state, chat, priority) {
  if (!state.board) return state;
  const chats = state.board.chats.map((entry) => (entry.chat === chat ? { ...entry, priority } : entry));
  return { ...state, board: { ...state.board, chats } };
}

/**
 * The steps that both halves of the state's changes are made of: what the service says, and what the agent does.
 *
 * @import { Chat, Closing, State, Toast } from './state.js'
 */

import { findChat } from './state.js';

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
 * Puts a chat in its place: the agent's own in the order they came, then those watched.
 * @param {readonly Chat[]} chats
 * @param {Chat} chat
 */
export function place(chats, chat) {
  const others = chats.filter((one) => one.chat !== chat.chat);
  return [...others, chat].sort((a, b) => Number(a.watch !== null) - Number(b.watch !== null) || a.startedAt - b.startedAt);
}

/**
 * Every word of a chat goes; only the fact that it was here stays on the screen.
 * @param {State} state
 * @param {string} chat
 * @param {Closing | null} closing null: nothing needs to be said
 * @returns {State}
 */
export function drop(state, chat, closing) {
  const gone = findChat(state, chat);
  if (!gone) return state;
  const rest = letGo({ ...state, chats: state.chats.filter((one) => one.chat !== chat) });
  const open = state.selected === chat;
  if (!closing) return open ? { ...rest, selected: null, closing: null, pane: 'list' } : rest;
  /** @type {Closing} */
  const why = gone.eraseAt === null ? closing : { kind: 'erased' };
  if (open) return { ...rest, selected: null, closing: { ...why, tickets: gone.tickets } };
  return toast(rest, { key: closingKey(why), params: { to: why.to ?? '' } });
}

/** The words for why a chat is gone. @param {Closing} closing */
export function closingKey({ kind, by, to }) {
  return `console.closing.${by ?? (to ? `${kind}_to` : kind)}`;
}

/**
 * Closes what was open about a chat that is no longer here.
 * @param {State} state
 * @returns {State}
 */
export function letGo(state) {
  const here = (/** @type {string} */ chat) => findChat(state, chat) !== null;
  return {
    ...state,
    dialog: state.dialog && 'chat' in state.dialog && !here(state.dialog.chat) ? null : state.dialog,
    filing: state.filing && !here(state.filing.command.chat) ? null : state.filing,
  };
}

/**
 * @param {State} state
 * @param {{key: string, tone?: Toast['tone'], params?: Toast['params'], chat?: string, watch?: boolean, view?: Toast['view']}} words `chat`: it opens by a click, `watch`: to watch it, `view`: a click leads there
 * @returns {State}
 */
export function toast(state, { key, tone = 'neutral', params = {}, chat, watch, view }) {
  const id = state.lastToast + 1;
  return { ...state, lastToast: id, toasts: [...state.toasts, { id, key, params, tone, chat, watch, view }].slice(-4) };
}

/**
 * What this tab knows of tickets: what has changed, who looks, and what is being written. The tickets themselves are asked for when
 * they are shown.
 *
 * @import { State } from '../state.js'
 */

import { keyOf } from './types.js';

/** @typedef {'reply' | 'note'} Box */

/**
 * A file on its way or there: `part` from 0 to 1, `id` once it is there; `fault` is the code it was refused with, `words` the service's own for it.
 * @typedef {{name: string, size: number, part: number, id?: string, fault?: string, words?: string}} Upload
 */

/**
 * What is being written in one ticket. `ref` is of the last attempt, as long as nothing was changed since. `fault` is the code it was
 * refused with.
 * @typedef {{box: Box, texts: Readonly<Record<Box, string>>, files: Readonly<Record<Box, Upload | null>>, status: string, sending: boolean, ref: string | null, fault: string | null}} TicketDraft
 */

/**
 * What happened to tickets: `version` rises with each piece of news, and `all` is the one at which anything may have changed.
 * @typedef {{version: number, all: number, tickets: readonly {site: string, number: number, version: number}[]}} News
 */

/** @typedef {{site: string, number: number, agents: readonly {id: string, name: string}[]}} Viewers */

const REMEMBERED = 300;

/** @type {TicketDraft} */
export const NO_DRAFT = {
  box: 'reply',
  texts: { reply: '', note: '' },
  files: { reply: null, note: null },
  status: 'pending',
  sending: false,
  ref: null,
  fault: null,
};

/**
 * @param {State} state
 * @param {{site: string, number: number}} ticket
 */
export function draftOf(state, ticket) {
  return state.ticketDrafts[keyOf(ticket)] ?? NO_DRAFT;
}

/**
 * Any change of what would be sent makes it another answer.
 * @param {State} state
 * @param {{site: string, number: number}} ticket
 * @param {(draft: TicketDraft) => Partial<TicketDraft>} step
 * @returns {State}
 */
export function draft(state, ticket, step) {
  const before = draftOf(state, ticket);
  const after = { ...before, ...step(before) };
  const drafts = { ...state.ticketDrafts, [keyOf(ticket)]: after };
  if (isEmpty(after)) delete drafts[keyOf(ticket)];
  return { ...state, ticketDrafts: drafts };
}

/** @param {TicketDraft} draft */
export function isEmpty({ texts, files, sending, box, status }) {
  return !sending && box === 'reply' && status === 'pending' && !texts.reply && !texts.note && !files.reply && !files.note;
}

/**
 * @param {State} state
 * @param {{site: string, number: number}} ticket
 * @returns {State}
 */
export function hearOf(state, { site, number }) {
  const { version, all, tickets } = state.news;
  const one = { site, number, version: version + 1 };
  return { ...state, news: { version: version + 1, all, tickets: [...tickets.slice(-REMEMBERED), one] } };
}

/**
 * Nothing was heard for a time.
 * @param {State} state
 * @returns {State}
 */
export function missNews(state) {
  const version = state.news.version + 1;
  return { ...state, news: { version, all: version, tickets: [] } };
}

/**
 * What changed after `seen`; null: it could be anything.
 * @param {News} news
 * @param {number} seen
 */
export function newsSince({ all, tickets }, seen) {
  const [first] = tickets;
  if (all > seen || (tickets.length > REMEMBERED && first.version > seen + 1)) return null;
  return tickets.filter(({ version }) => version > seen);
}

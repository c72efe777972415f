/**
 * What is being written in tickets, kept as long as the tab lives: a session that has run out costs nobody their words.
 * Files are not kept; whoever signs in as somebody else finds nothing.
 *
 * @import { TicketDraft } from './desk-state.js'
 */

import { NO_DRAFT, isEmpty } from './desk-state.js';

const KEY = 'mayfly-ticket-drafts';
/** @type {Readonly<Record<string, TicketDraft>>} */
let kept = {};

/**
 * @param {string} agent
 * @returns {Readonly<Record<string, TicketDraft>>}
 */
export function readDrafts(agent) {
  try {
    const found = JSON.parse(sessionStorage.getItem(KEY) ?? '{}');
    const texts = found.agent === agent ? Object.entries(found.drafts) : [];
    return Object.fromEntries(texts.map(([ticket, some]) => [ticket, { ...NO_DRAFT, ...some }]));
  } catch {
    return {};
  }
}

/**
 * @param {string} agent
 * @param {Readonly<Record<string, TicketDraft>>} drafts
 */
export function keepDrafts(agent, drafts) {
  if (kept === drafts) return;
  kept = drafts;
  const texts = Object.entries(drafts).map(([ticket, { box, texts, status, ref }]) => [ticket, { ...NO_DRAFT, box, texts, status, ref }]);
  const some = texts.filter(([, draft]) => !isEmpty(/** @type {TicketDraft} */ (draft)));
  try {
    if (some.length) sessionStorage.setItem(KEY, JSON.stringify({ agent, drafts: Object.fromEntries(some) }));
    else sessionStorage.removeItem(KEY);
  } catch {
    // No storage, or no room in it: they live in this page only.
  }
}

export function forgetDrafts() {
  sessionStorage.removeItem(KEY);
}

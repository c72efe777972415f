/**
 * What the service's values become in the state of this tab.
 *
 * @import { AgentAssigned, AgentChat, Message, Note, QueueChanged, QueueState } from '../shared/protocol.js'
 * @import { Chat, Line, Queue } from './state.js'
 */

import { Pending } from '../shared/pending.js';

/**
 * What this tab wrote and has not sent stays; all else is the service's.
 * @param {AgentChat | AgentAssigned} from
 * @param {Chat | null} known
 * @returns {Chat}
 */
export function toChat(from, known) {
  const messages = merge(known?.messages ?? [], from.messages);
  return {
    chat: from.chat,
    site: from.site,
    team: from.team,
    visitor: from.visitor,
    messages,
    notes: from.notes ?? [],
    pages: known?.pages ?? (from.visitor.page ? [from.visitor.page] : []),
    startedAt: from.started_at ? Date.parse(from.started_at) : Date.parse(messages[0]?.at ?? '') || 0,
    delivered: from.delivered ?? 0,
    seen: from.seen ?? 0,
    read: Math.max(from.read ?? 0, known?.read ?? 0),
    eraseAt: 'erase_at' in from && from.erase_at ? Date.parse(from.erase_at) : null,
    typing: known?.typing ?? null,
    box: known?.box ?? 'reply',
    drafts: known?.drafts ?? { reply: '', note: '' },
    pending: acknowledge(known?.pending ?? new Pending(), [...messages, ...(from.notes ?? [])]),
    tickets: known?.tickets ?? [],
    offered: known?.offered ?? false,
  };
}

/**
 * @param {Pending<Line>} pending
 * @param {{ref?: string | null}[]} confirmed
 */
function acknowledge(pending, confirmed) {
  return confirmed.reduce((rest, { ref }) => rest.acknowledge(ref ?? undefined), pending);
}

/**
 * @param {readonly Message[]} known
 * @param {readonly Message[]} more
 */
export function merge(known, more) {
  const seqs = new Set(known.map((message) => message.seq));
  return [...known, ...more.filter((message) => !seqs.has(message.seq))].sort((a, b) => a.seq - b.seq);
}

/**
 * @param {readonly Note[]} notes
 * @param {Note} note
 */
export function addNote(notes, { n, name, text, at, ref }) {
  return notes.some((one) => one.n === n) ? notes : [...notes, { n, name, text, at, ref }];
}

/**
 * @param {QueueState | QueueChanged} queue
 * @param {number} now
 * @returns {Queue}
 */
export function toQueue({ team, title, waiting, longest_wait_s, head }, now) {
  return { team, title, waiting, since: now - longest_wait_s * 1000, head: head ?? null };
}

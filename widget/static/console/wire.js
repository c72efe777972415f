/**
 * What the service's values become in the state of this tab.
 *
 * @import { AgentAssigned, AgentChat, Board as BoardEvent, Message, Note, Offer as OfferEvent, QueueChanged, QueueState, TeamState, Watched } from '../shared/protocol.js'
 * @import { Board, Chat, Line, Offer, Queue, Team } from './state.js'
 */

import { Pending } from '../shared/pending.js';

/**
 * What this tab wrote and has not sent stays; all else is the service's.
 * @param {AgentChat | AgentAssigned | Watched} from
 * @param {Chat | null} known
 * @returns {Chat}
 */
export function toChat(from, known) {
  const messages = merge(known?.messages ?? [], from.messages);
  const read = Math.max('read' in from ? (from.read ?? 0) : 0, known?.read ?? 0);
  return {
    chat: from.chat,
    site: from.site,
    team: from.team,
    plan: from.plan ?? null,
    visitor: from.visitor,
    messages,
    notes: from.notes ?? [],
    pages: known?.pages ?? (from.visitor.page ? [from.visitor.page] : []),
    startedAt: from.started_at ? Date.parse(from.started_at) : Date.parse(messages[0]?.at ?? '') || 0,
    delivered: from.delivered ?? 0,
    seen: from.seen ?? 0,
    read,
    noted: known?.noted ?? countNotes(from.notes ?? [], messages.findLast(({ seq }) => seq <= read)?.at),
    opened: known?.opened ?? (!('type' in from && from.type === 'assigned') && (read > 0 || messages.some(({ author }) => author === 'agent'))),
    eraseAt: 'erase_at' in from ? toMs(from.erase_at) : null,
    typing: known?.typing ?? null,
    box: known && !known.watch ? known.box : 'reply',
    drafts: known?.drafts ?? { reply: '', note: '' },
    pending: acknowledge(known?.pending ?? new Pending(), [...messages, ...(from.notes ?? [])]),
    tickets: known?.tickets ?? [],
    offered: known?.offered ?? false,
    transfer: 'transfer_to' in from && from.transfer_to ? { to: from.transfer_to, until: toMs(from.transfer_until) } : null,
    due: known?.due ?? null,
    watch: null,
  };
}

/**
 * A chat of somebody else's. Who only listens can only write notes; who had joined, joins again after a lost connection.
 * @param {Watched} from
 * @param {Chat | null} known
 * @returns {Chat}
 */
export function toWatched(from, known) {
  const joined = from.joined || (known?.watch?.joined ?? false);
  const chat = toChat(from, known);
  const box = !joined ? 'note' : known?.watch?.joined ? known.box : 'reply';
  return { ...chat, box, watch: { agent: from.agent ?? '', joined } };
}

/**
 * How many notes had come by then; who read the chat so far has read them too.
 * @param {readonly Note[]} notes
 * @param {string | undefined} at
 */
function countNotes(notes, at) {
  return at ? notes.filter((note) => Date.parse(note.at) <= Date.parse(at)).length : 0;
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

/**
 * @param {OfferEvent} offer
 * @param {number} now
 * @returns {Offer}
 */
export function toOffer({ chat, site, team, visitor, question, expires_at, transferred_by, to_you, plan }, now) {
  return { chat, site, team, plan: plan ?? null, visitor, question, rangAt: now, expiresAt: Date.parse(expires_at), by: transferred_by ?? null, toYou: to_you ?? false };
}

/**
 * @param {TeamState} team
 * @param {number} now
 * @returns {Team}
 */
export function toTeam({ team, title, waiting, longest_wait_s, available, free_places }, now) {
  return { team, title, waiting, since: now - longest_wait_s * 1000, available, places: free_places };
}

/**
 * @param {BoardEvent} board
 * @param {number} now
 * @returns {Board}
 */
export function toBoard({ teams, agents, chats }, now) {
  return {
    teams: teams.map((team) => toTeam(team, now)),
    agents,
    chats: chats.map(({ owed_since, ...chat }) => ({ ...chat, since: Date.parse(chat.since), owed: toMs(owed_since) })),
    at: now,
  };
}

/** @param {string | null} [time] RFC 3339 */
function toMs(time) {
  return time ? Date.parse(time) : null;
}

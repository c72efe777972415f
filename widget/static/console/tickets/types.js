/**
 * What `ticket_views.py` tells of tickets.
 *
 * @typedef {{id: string, name: string}} Person
 * @typedef {{kind: 'first' | 'next', at: string | null, left_s: number | null}} Due `at` null: it stands still while the customer is waited for
 * @typedef {{id: string, name: string, media_type: string, size: number, link?: string}} KeptFile
 * @typedef {{field: string, old: string | null, new: string | null}} Change
 * @typedef {{author: string, name: string | null, text: string, at: string}} TranscriptLine
 *
 * @typedef {object} Ticket
 * @property {string} site
 * @property {number} number
 * @property {number} version
 * @property {'chat' | 'form' | 'agent' | 'phone' | 'desk' | 'mail'} channel
 * @property {string} subject
 * @property {Status} status
 * @property {Priority} priority
 * @property {string | null} topic
 * @property {string | null} request_type
 * @property {string | null} importance
 * @property {string | null} plan
 * @property {string | null} team
 * @property {Person | null} assignee
 * @property {{name: string | null, email: string | null, phone: string | null}} requester
 * @property {Due | null} due
 * @property {string} created_at
 * @property {string} updated_at
 * @property {string | null} agent who filed it
 *
 * @typedef {'open' | 'pending' | 'solved' | 'closed'} Status
 * @typedef {'low' | 'normal' | 'high' | 'urgent'} Priority
 *
 * @typedef {object} Entry
 * @property {number} id
 * @property {'reply' | 'note' | 'change'} kind
 * @property {'customer' | 'agent' | 'service'} author
 * @property {string | null} name
 * @property {string | null} text
 * @property {Change[]} changes
 * @property {KeptFile | null} file
 * @property {string} created_at
 *
 * @typedef {Ticket & {body: string, fields: Record<string, string>, locale: string | null, transcript: TranscriptLine[] | null,
 *   file: KeptFile | null, entries: Entry[], merged_into: number | null}} FullTicket
 * @typedef {{tickets: Ticket[], next: string | null}} Page
 * @typedef {{status?: string, priority?: string, topic?: string | null, request_type?: string | null, team?: string | null, assignee?: string | null}} TicketChanges
 * @typedef {{changed: number[], failed: {site: string, number: number, code: string}[]}} Bulk
 * @typedef {{site: string, channel: string, ref: string, subject: string, body: string, file?: string, [field: string]: string | null | undefined}} NewTicket
 *
 * @typedef {Person & {teams: string[], disabled: boolean}} Colleague
 * @typedef {{id: string, title: string, text: string}} Template
 * @typedef {{id: string, title: string, query: string}} SavedView
 * @typedef {{team: string | null, week: string, kept: number, broken: number}} PromiseRow `week` as 2027-W05
 */

/** @type {Status[]} */
export const STATUSES = ['open', 'pending', 'solved', 'closed'];
/** @type {Priority[]} */
export const PRIORITIES = ['urgent', 'high', 'normal', 'low'];

/**
 * What tells a ticket from all others.
 * @param {{site: string, number: number}} ticket
 */
export function keyOf({ site, number }) {
  return `${site}/${number}`;
}

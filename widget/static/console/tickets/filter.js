/** What a list of tickets is narrowed to: a plain table, the same in the address, in a saved view, and in the call. */

/** @typedef {Readonly<Record<string, string>>} Filter by name, without what is empty; no `queue` means all */

export const QUEUES = ['mine', 'unassigned', 'team', 'due_soon', 'overdue', 'all'];
/** What has choices, in the order in which it is offered. */
export const CHOICES = ['status', 'priority', 'topic', 'request_type', 'team', 'assignee', 'site'];
const NAMES = ['queue', ...CHOICES, 'from', 'to', 'q'];

/**
 * @param {string} query as behind a question mark
 * @returns {Filter}
 */
export function readFilter(query) {
  const given = new URLSearchParams(query);
  return clean(Object.fromEntries(NAMES.map((name) => [name, given.get(name) ?? ''])));
}

/** @param {Filter} filter */
export function writeFilter(filter) {
  return new URLSearchParams(clean(filter)).toString();
}

/**
 * @param {Filter} filter
 * @param {Record<string, string>} some an empty text takes that one away
 * @returns {Filter}
 */
export function withFilter(filter, some) {
  return clean({ ...filter, ...some });
}

/**
 * Without the queue, and without the words that are looked for.
 * @param {Filter} filter
 */
export function narrowings(filter) {
  return NAMES.filter((name) => name !== 'queue' && name !== 'q' && filter[name]);
}

/** @param {Filter} filter */
export function queueOf(filter) {
  return filter.queue ?? 'all';
}

/**
 * @param {Record<string, string>} filter
 * @returns {Filter}
 */
function clean(filter) {
  const kept = NAMES.filter((name) => filter[name] && !(name === 'queue' && (filter[name] === 'all' || !QUEUES.includes(filter[name]))));
  return Object.fromEntries(kept.map((name) => [name, filter[name]]));
}

/**
 * What there is to tell, one after another. Pure: no clock, no DOM, no network.
 *
 * @typedef {{id: string, number: number, kind: 'answer' | 'opened', subject: string, text: string}} Notice
 *
 * @typedef {object} Queue
 * @property {readonly Notice[]} waiting the first of them is shown
 * @property {number} done how many were dealt with since the first came up
 */

/** @type {Queue} */
export const EMPTY = { waiting: [], done: 0 };

/**
 * The service's list is the truth; what is shown stays first while it is in it.
 *
 * @param {Queue} queue
 * @param {readonly Notice[]} due
 * @returns {Queue}
 */
export function listed(queue, due) {
  const shown = due.find(({ number }) => number === queue.waiting[0]?.number);
  return settled(queue, shown ? [shown, ...due.filter((notice) => notice !== shown)] : due);
}

/**
 * One more, in place of an earlier one about the same request.
 *
 * @param {Queue} queue
 * @param {Notice} notice
 * @returns {Queue}
 */
export function added(queue, notice) {
  const known = queue.waiting.some(({ number }) => number === notice.number);
  return settled(queue, known ? queue.waiting.map((one) => (one.number === notice.number ? notice : one)) : [...queue.waiting, notice]);
}

/**
 * @param {Queue} queue
 * @param {string} id
 * @returns {Queue}
 */
export function dealt(queue, id) {
  const waiting = queue.waiting.filter((notice) => notice.id !== id);
  return waiting.length === queue.waiting.length ? queue : settled({ waiting, done: queue.done + 1 }, waiting);
}

/** @param {Queue} queue @param {readonly Notice[]} waiting @returns {Queue} */
function settled({ done }, waiting) {
  return waiting.length ? { waiting, done } : EMPTY;
}

/** Where the shown one stands: "2 of 3". @param {Queue} queue */
export function place({ waiting, done }) {
  return { at: done + 1, of: done + waiting.length };
}

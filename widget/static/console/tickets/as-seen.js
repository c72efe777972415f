/**
 * Setting something in a ticket as the agent saw it: nobody overwrites what somebody else has set meanwhile.
 *
 * @import { Api } from '../api.js'
 * @import { FullTicket, Ticket, TicketChanges } from './types.js'
 */

import { codeOf, Problem } from '../api.js';

/**
 * @param {Api} api
 * @param {Ticket} seen
 * @param {TicketChanges} changes
 * @returns {Promise<FullTicket>} raises a Problem, `changed_meanwhile` too
 */
export async function setAsSeen(api, seen, changes) {
  const { site, number, version } = seen;
  try {
    return await api.changeTicket(site, number, { ...changes, version });
  } catch (reason) {
    if (codeOf(reason) !== 'changed_meanwhile') throw reason;
    return setAgain(api, seen, changes);
  }
}

/**
 * Something has happened in the ticket since: this is set all the same, unless just that was set to something else.
 * @param {Api} api
 * @param {Ticket} seen
 * @param {TicketChanges} changes
 * @returns {Promise<FullTicket>} raises a Problem
 */
export async function setAgain(api, seen, changes) {
  const { site, number } = seen;
  const now = await api.ticket(site, number);
  const others = Object.entries(changes).filter(([name, value]) => valueOf(now, name) !== valueOf(seen, name) && valueOf(now, name) !== value);
  if (others.length) throw new Problem('changed_meanwhile', 409);
  return api.changeTicket(site, number, { ...changes, version: now.version });
}

/**
 * @param {Ticket} ticket
 * @param {string} name
 */
function valueOf(ticket, name) {
  return name === 'assignee' ? (ticket.assignee?.id ?? null) : Reflect.get(ticket, name);
}

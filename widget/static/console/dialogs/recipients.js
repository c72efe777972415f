/**
 * Who a chat can be handed to, in words.
 *
 * @import { AgentState } from '../../shared/protocol.js'
 * @import { Translate } from '../../shared/i18n.js'
 * @import { State, Team } from '../state.js'
 */

import { stopwatch } from '../draw.js';

/**
 * @typedef {object} Recipient
 * @property {string} key
 * @property {{team: string} | {agent: string}} to
 * @property {string} name
 * @property {string} about
 * @property {'free' | 'busy' | 'away'} tone
 */

/**
 * Teams first, then colleagues.
 * @param {NonNullable<State['colleagues']>} colleagues
 * @param {string} self the id of the agent who asks
 * @param {Translate} t
 * @param {number} now ms
 * @returns {Recipient[]}
 */
export function recipientsOf({ teams, agents }, self, t, now) {
  return [...teams.map((team) => teamRecipient(team, t, now)), ...agents.filter(({ id }) => id !== self).map((agent) => agentRecipient(agent, t))];
}

/** A team may be offered a chat whoever is there; a colleague only while they take chats. @param {Recipient} recipient */
export function mayTake({ to, tone }) {
  return 'team' in to || tone !== 'away';
}

/**
 * @param {Team} team
 * @param {Translate} t
 * @param {number} now
 * @returns {Recipient}
 */
function teamRecipient({ team, title, waiting, since, available, places }, t, now) {
  const line = waiting ? t('console.transfer.waiting', { count: waiting, wait: stopwatch(now - since) }) : t('console.queue.none');
  const there = available ? t('console.transfer.available', { count: available }) : t('console.transfer.nobody_there');
  return { key: `team-${team}`, to: { team }, name: title, about: `${there} · ${line}`, tone: places ? 'free' : available ? 'busy' : 'away' };
}

/**
 * @param {AgentState} agent
 * @param {Translate} t
 * @returns {Recipient}
 */
function agentRecipient({ id, name, status, chats, capacity, gone }, t) {
  const free = capacity - chats;
  const away = gone || status === 'away';
  const there = free > 0 ? t('console.transfer.places', { count: free }) : t('console.transfer.full', { chats, capacity });
  const about = gone ? t('console.transfer.gone') : away ? t('console.availability.away') : there;
  return { key: `agent-${id}`, to: { agent: id }, name, about, tone: away ? 'away' : free > 0 ? 'free' : 'busy' };
}

/** The small marks of tickets: status, priority, who has it; the same in the list, on the page, and in what one chooses from. */

import { h, initials } from '../../shared/dom.js';
import { sign, tint } from '../draw.js';

/**
 * @import { Translate } from '../../shared/i18n.js'
 * @import { Choice } from '../picker.js'
 * @import { Known } from './known.js'
 * @import { Person } from './types.js'
 */

import { PRIORITIES, STATUSES } from './types.js';

/** @param {string} priority */
export function priorityMark(priority) {
  return h('span', { class: `priority ${priority}`, 'aria-hidden': true }, h('i'), h('i'), h('i'));
}

/** @param {string} status */
export function statusMark(status) {
  return h('span', { class: `status-dot ${status}`, 'aria-hidden': true });
}

/** @param {Person | null} person */
export function avatarOf(person) {
  if (!person) return h('span', { class: 'avatar nobody', 'aria-hidden': true }, sign('user'));
  return h('span', { class: `avatar ${tint(person.name)}`, 'aria-hidden': true }, initials(person.name));
}

/**
 * @param {Translate} t
 * @returns {Choice[]}
 */
export function statusChoices(t) {
  return STATUSES.map((value) => ({ value, label: t(`console.status.${value}`), mark: () => statusMark(value) }));
}

/**
 * @param {Translate} t
 * @returns {Choice[]}
 */
export function priorityChoices(t) {
  return PRIORITIES.map((value) => ({ value, label: t(`console.priority.${value}`), mark: () => priorityMark(value) }));
}

/**
 * @param {Record<string, string>} teams
 * @param {string | null} [none] words for no team
 * @returns {Choice[]}
 */
export function teamChoices(teams, none = null) {
  const all = Object.entries(teams).map(([value, label]) => ({ value, label }));
  return none === null ? all : [{ value: '', label: none }, ...all];
}

/**
 * Everyone a ticket can be given to, the agent first.
 * @param {Known} known
 * @param {Record<string, string>} teams
 * @param {string} me
 * @param {{value: string, label: string}} nobody
 * @returns {Promise<Choice[]>}
 */
export async function peopleChoices(known, teams, me, nobody) {
  const people = (await known.people()).filter(({ disabled }) => !disabled);
  const first = people.filter(({ id }) => id === me);
  const others = people.filter(({ id }) => id !== me);
  const choices = [...first, ...others].map((person) => ({
    value: person.id,
    label: person.name,
    about: person.teams.map((team) => teams[team] ?? team).join(', '),
    mark: () => avatarOf(person),
  }));
  return [...choices.slice(0, first.length), { ...nobody, mark: () => avatarOf(null) }, ...choices.slice(first.length)];
}

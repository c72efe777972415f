/** The menu of what there is beside the question, and how each of it stands. */

import { Desk } from '../shared/desk.js';
import { h, fill } from '../shared/dom.js';
import { icon } from '../shared/icons.js';
import { moment } from '../shared/moments.js';
import { ask, claimsOf } from './context.js';
import { sectionsOf } from './facts.js';
import { place } from './waiting.js';

/** @typedef {import('./model.js').State} State */
/** @typedef {import('./context.js').Context} Context */

/** By section; help pages go first. @type {Record<string, import('../shared/icons.js').IconName>} */
const ICONS = { chat: 'chat', ticket: 'ticket', requests: 'list', contacts: 'phone' };

/**
 * Brings a menu up to date; a button that is there stays, and the focus with it.
 *
 * @param {HTMLElement} menu
 * @param {State} state
 * @param {Context} context
 */
export function showMenu(menu, state, context) {
  const { t } = context;
  const sections = sectionsOf(state, context);
  if (menu.dataset.shown !== `${sections}`) {
    menu.dataset.shown = `${sections}`;
    menu.setAttribute('aria-label', t('menu'));
    fill(menu, ...sections.map((screen) => h('button', { type: 'button', 'data-to': screen, onclick: () => ask(menu, { do: 'go', screen }) }, icon(ICONS[screen] ?? 'chat'), h('span', {}, t(`menu.${screen}`)), h('small'))));
  }
  /** @type {Record<string, string>} */
  const words = { chat: ofChat(state, t), requests: state.answers ? t('menu.answers', { count: state.answers }) : '' };
  for (const screen of sections) {
    const told = menu.querySelector(`[data-to=${screen}] small`);
    if (told && told.textContent !== (words[screen] ?? '')) told.textContent = words[screen] ?? '';
  }
}

/** @param {State} state @param {import('../shared/i18n.js').Translate} t */
function ofChat({ phase, position, agent }, t) {
  if (phase === 'ended') return t('panel.over');
  return phase === 'active' ? (agent?.name ?? t('chat.agent')) : place(position, t);
}

/**
 * When there is a chat again, if that is known.
 *
 * @param {State} state
 * @param {Context} context
 */
export function reopens({ availability, reopensAt, offer, blockedUntil }, context) {
  const { t } = context;
  if (offer === 'blocked' && blockedUntil) return t('chat.again', moment(blockedUntil, context, Date.now()));
  return availability === 'closed' && reopensAt ? t('chat.opens', moment(reopensAt, context, Date.now())) : '';
}

/**
 * How many requests of somebody whom the site has told by name have an answer they have not read.
 *
 * @param {Context} context
 */
export async function countAnswers({ config, identity }) {
  if (!claimsOf(identity()).sub) return 0;
  const { notifications } = await new Desk(config.site, identity).notified().catch(() => ({ notifications: [] })); // the list itself says what is wrong
  return notifications.length;
}

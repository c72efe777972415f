/** The menu of what there is beside the question, and how each of it stands. */

import { Articles } from '../shared/articles.js';
import { Desk } from '../shared/desk.js';
import { h, fill } from '../shared/dom.js';
import { icon } from '../shared/icons.js';
import { moment } from '../shared/moments.js';
import { ask, claimsOf } from './context.js';
import { sectionsOf } from './facts.js';
import { place } from './waiting.js';

/** @typedef {import('./model.js').State} State */
/** @typedef {import('./context.js').Context} Context */

/** By section. @type {Record<string, import('../shared/icons.js').IconName>} */
const ICONS = { help: 'book', chat: 'chat', ticket: 'ticket', requests: 'list', contacts: 'phone' };

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
  if (context.config.locales.length > 1 && !menu.parentElement?.querySelector('.tongues')) menu.parentElement?.append(languages(context));
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

/**
 * The site's languages, each as its speakers call it. What was typed is kept.
 *
 * @param {Context} context
 */
function languages({ config, locale, t }) {
  /** @param {string} tag */
  const name = (tag) => new Intl.DisplayNames(tag, { type: 'language' }).of(tag) ?? tag;
  /** @type {HTMLElement} */
  const all = h('nav', { class: 'tongues', 'aria-label': t('menu.language') }, ...config.locales.map((tag) => h('button', { type: 'button', lang: tag, 'aria-current': tag === locale ? 'true' : null, onclick: () => tag !== locale && ask(all, { do: 'speak', locale: tag }) }, name(tag))));
  return all;
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
 * What there is for somebody whom the site has told: how many requests with an answer they have not read, and whether
 * they may read some of the articles that are not for everybody.
 *
 * @param {Context} context
 */
export async function lookAround({ config, locale, identity }) {
  if (!identity()) return { answers: 0, articles: false };
  const [{ unread }, { sections }] = await Promise.all([
    claimsOf(identity()).sub ? new Desk(config.site, identity).notified().catch(() => ({ unread: 0 })) : { unread: 0 }, // the list itself says what is wrong
    config.help === 'some' ? new Articles(config.site, locale, identity).contents().catch(() => ({ sections: [] })) : { sections: [] },
  ]);
  return { answers: unread, articles: sections.length > 0 };
}

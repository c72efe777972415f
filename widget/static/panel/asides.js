/** What stands beside the conversation: the question before it is ended, and the agent's words over the closed bubble. */

import { h, fill, icon, initials } from '../shared/dom.js';
import { ask } from './context.js';

/**
 * Asks whether the conversation may go.
 *
 * @param {HTMLDialogElement} dialog
 * @param {import('../shared/i18n.js').Translate} t
 */
export function confirmEnd(dialog, t) {
  /** @param {string} words @param {string} look @param {import('./context.js').Wish | null} wish */
  const button = (words, look, wish) =>
    h('button', { class: `button wide ${look}`, type: 'button', onclick: () => (dialog.close(), wish && ask(dialog, wish)) }, t(words));
  dialog.setAttribute('aria-labelledby', 'confirm-title');
  fill(
    dialog,
    h('h2', { id: 'confirm-title' }, t('chat.end_question')),
    h('p', {}, t('chat.end_text')),
    button('chat.end_yes', 'danger', { do: 'end' }),
    button('chat.end_request', '', { do: 'go', screen: 'ticket' }),
    button('chat.end_no', 'quiet', null),
  );
  dialog.showModal();
}

/**
 * The last words of the agent, for the small card over the closed bubble.
 *
 * @param {HTMLElement} card
 * @param {import('./model.js').State} state
 * @param {import('../shared/i18n.js').Translate} t
 */
export function showPeek(card, state, t) {
  const last = state.messages.filter(({ author }) => author === 'agent').at(-1);
  if (!last) return;
  const name = last.name ?? state.agent?.name ?? t('chat.agent');
  fill(
    card,
    h('button', { class: 'peek-open', type: 'button', onclick: () => ask(card, { do: 'open' }) }, h('span', { class: 'avatar', 'aria-hidden': true }, initials(name)), h('span', {}, h('b', {}, name), h('span', { class: 'words', dir: 'auto' }, last.text))),
    h('button', { class: 'icon-button', type: 'button', 'aria-label': t('panel.dismiss'), onclick: () => ask(card, { do: 'dismiss' }) }, icon('close')),
  );
}

/** The overview of the keyboard. */

import { h, icon } from '../../shared/dom.js';
import { act } from '../draw.js';
import { GROUPS } from '../keys.js';
import { supervises } from '../state.js';

/**
 * @import { Translate } from '../../shared/i18n.js'
 * @import { State } from '../state.js'
 */

/**
 * @param {State} state
 * @param {Translate} t
 * @param {HTMLElement} from where what is asked for bubbles from
 */
export function keysOverview(state, t, from) {
  const close = () => act(from, 'ask', { dialog: null });
  return h(
    'div',
    { class: 'sheet' },
    h(
      'header',
      {},
      h('h2', { id: 'dialog-title' }, t('console.keys.title')),
      h(
        'button',
        { class: 'icon-button', type: 'button', 'aria-label': t('console.keys.close'), 'data-first': '', onclick: close },
        icon('close'),
      ),
    ),
    state.preferences.keys ? null : h('p', { class: 'warning' }, icon('alert'), t('console.keys.off')),
    h(
      'div',
      { class: 'groups' },
      ...GROUPS.filter(({ supervisor }) => !supervisor || supervises(state)).map(({ name, keys }) =>
        h(
          'section',
          {},
          h('h3', {}, t(`console.keys.group.${name}`)),
          h('dl', {}, ...keys.map(({ words, shown }) => h('div', {}, h('dt', {}, t(`console.keys.${words}`)), h('dd', {}, ...drawn(shown, t))))),
        ),
      ),
    ),
  );
}

/**
 * @param {string[]} shown
 * @param {Translate} t
 */
function drawn(shown, t) {
  return shown.map((part) => (part === '…' ? h('span', {}, t('console.keys.then')) : h('kbd', {}, part)));
}

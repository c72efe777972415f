/** `<mayfly-toasts>`: short words about what has just happened, one under the other. */

import { h, icon } from '../shared/dom.js';
import { act, Rows } from './draw.js';

/**
 * @import { Translate } from '../shared/i18n.js'
 * @import { State, Toast } from './state.js'
 */

export class Toasts extends HTMLElement {
  /** @type {Translate} */ t = (key) => key;
  /** @type {Rows<Toast, HTMLElement>} */ #rows = new Rows(
    this,
    (toast) => String(toast.id),
    (toast) => this.#build(toast),
  );

  connectedCallback() {
    this.setAttribute('role', 'status');
    this.setAttribute('aria-live', 'polite');
  }

  /** @param {State} state */
  show({ toasts }) {
    this.#rows.show(toasts);
  }

  /** @param {Toast} toast */
  #build({ id, key, params, tone, chat, watch, view }) {
    const { t } = this;
    const words = h('span', {}, t(key, params));
    const open = () => {
      act(this, 'dismiss', { id });
      if (view) act(this, 'go', { view });
      else act(this, watch ? 'watch' : 'select', { chat, focus: true });
    };
    return h(
      'div',
      { class: `toast ${tone}` },
      icon(tone === 'bad' ? 'alert' : 'check'),
      (chat && !watch) || view ? h('button', { class: 'words', type: 'button', onclick: open }, words) : h('p', { class: 'words' }, words),
      watch && h('button', { class: 'do', type: 'button', onclick: open }, t('console.board.watch')),
      h(
        'button',
        { class: 'icon-button', type: 'button', 'aria-label': t('console.toast.dismiss'), onclick: () => act(this, 'dismiss', { id }) },
        icon('close'),
      ),
    );
  }
}

customElements.define('mayfly-toasts', Toasts);

/** `<mayfly-card-actions>`: what can be done about the open chat, with the keys for it. Who only watches has the bar over the thread instead. */

import { h, fill, icon } from '../shared/dom.js';
import { act, sign } from './draw.js';

/**
 * @import { Translate } from '../shared/i18n.js'
 * @import { Chat, Dialog } from './state.js'
 */

export class CardActions extends HTMLElement {
  /** @type {Translate} */ t = (key) => key;
  #shown = '';

  connectedCallback() {
    this.classList.add('actions');
  }

  /** @param {Chat} chat */
  show({ chat, offered, transfer, watch }) {
    const { t } = this;
    const shown = JSON.stringify([chat, offered, transfer !== null, watch !== null]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const promise = h('p', { class: 'faint' }, t(watch ? 'console.card.ephemeral_watch' : 'console.card.ephemeral'));
    if (watch) return void fill(this, promise);
    fill(
      this,
      this.#button('transfer', 'H', sign('hand'), { name: 'transfer', chat, asked: false }, transfer !== null),
      this.#button('ticket', 'T', icon('ticket'), { name: 'ticket', chat, andEnd: false }),
      h(
        'button',
        { class: 'button small wide', type: 'button', disabled: offered, onclick: () => act(this, 'offer', { chat }) },
        offered ? icon('check') : sign('page'),
        t(offered ? 'console.card.offered' : 'console.card.offer'),
        offered ? null : h('kbd', {}, 'O'),
      ),
      h(
        'div',
        { class: 'pair' },
        this.#button('end', 'E', icon('end'), { name: 'end', chat }, false, 'danger'),
        this.#button('block', '', sign('ban'), { name: 'block', chat }, false, 'quiet'),
      ),
      promise,
    );
  }

  /**
   * @param {string} words key under `console.card.`
   * @param {string} key
   * @param {Node} mark
   * @param {Dialog} dialog
   * @param {boolean} [disabled]
   * @param {string} [kind]
   */
  #button(words, key, mark, dialog, disabled = false, kind = '') {
    const onclick = () => act(this, 'ask', { dialog });
    return h(
      'button',
      { class: `button small wide ${kind}`, type: 'button', disabled, onclick },
      mark,
      h('span', {}, this.t(`console.card.${words}`)),
      key && h('kbd', {}, key),
    );
  }
}

customElements.define('mayfly-card-actions', CardActions);

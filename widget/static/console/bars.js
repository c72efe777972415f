/** `<mayfly-bars>`: what stands over a thread: the visitor is gone, the chat is being handed over, or it is only watched. */

import { h, fill, icon } from '../shared/dom.js';
import { act, setText, sign, stopwatch } from './draw.js';

/**
 * @import { Translate } from '../shared/i18n.js'
 * @import { Chat, State } from './state.js'
 */

export class Bars extends HTMLElement {
  /** @type {Translate} */ t = (key) => key;
  chat = '';

  #left = h('div', { class: 'bar left-banner', hidden: true });
  #leftWords = h('p', { role: 'status' });
  #transfer = h('div', { class: 'bar transfer', hidden: true });
  #transferTo = h('p', { role: 'status' });
  #transferTime = h('time', { 'aria-hidden': true });
  #watch = h('div', { class: 'bar watch', hidden: true });
  #watchShown = '';

  connectedCallback() {
    if (this.firstChild) return;
    const { t, chat } = this;
    this.#left.append(
      icon('clock'),
      this.#leftWords,
      h(
        'button',
        { class: 'button small', type: 'button', onclick: () => act(this, 'ask', { dialog: { name: 'ticket', chat, andEnd: false } }) },
        icon('ticket'),
        t('console.chat.ticket'),
      ),
    );
    this.#transfer.append(
      sign('hand'),
      this.#transferTo,
      this.#transferTime,
      h('button', { class: 'button small', type: 'button', onclick: () => act(this, 'cancelTransfer', { chat }) }, t('console.transfer.cancel_offer')),
    );
    this.append(this.#watch, this.#transfer, this.#left);
  }

  /**
   * @param {Chat} chat
   * @param {State} state
   * @param {number} now ms
   */
  show({ eraseAt, transfer, watch }, state, now) {
    const { t } = this;
    this.#left.hidden = eraseAt === null;
    if (eraseAt !== null) {
      const count = Math.ceil((eraseAt - now) / 1000);
      setText(this.#leftWords, count > 0 ? t('console.chat.left', { count }) : t('console.chat.left_soon'));
    }
    this.#left.classList.toggle('listening', watch !== null);
    this.#transfer.hidden = transfer === null;
    setText(this.#transferTo, transfer ? t('console.transfer.pending', { to: transfer.to }) : '');
    setText(this.#transferTime, transfer?.until ? stopwatch(transfer.until - now) : '');
    this.#showWatch(watch, state.connection.state === 'open');
  }

  /**
   * @param {Chat['watch']} watch
   * @param {boolean} connected
   */
  #showWatch(watch, connected) {
    const { t, chat } = this;
    const shown = JSON.stringify([watch, connected]);
    if (shown === this.#watchShown) return;
    this.#watchShown = shown;
    this.#watch.hidden = watch === null;
    if (!watch) return void fill(this.#watch);
    const { agent, joined } = watch;
    const words = joined ? 'joined' : agent ? 'silent' : 'waiting';
    this.#watch.classList.toggle('joined', joined);
    fill(
      this.#watch,
      sign(joined ? 'chats' : 'eye'),
      h('p', { role: 'status' }, h('b', {}, t(`console.watch.${words}`)), h('span', {}, t(`console.watch.${words}_text`, { name: agent }))),
      h(
        'div',
        { class: 'buttons' },
        agent && !joined ? this.#button('join', 'join', () => act(this, 'join', { chat }), connected, 'primary') : null,
        this.#button(agent ? 'take_over' : 'take', 'hand', () => act(this, 'takeOver', { chat }), connected),
        this.#button('block', 'ban', () => act(this, 'ask', { dialog: { name: 'block', chat } }), connected),
        this.#button(joined ? 'leave' : 'stop', null, () => act(this, 'unwatch', { chat }), true),
      ),
    );
  }

  /**
   * @param {string} words key under `console.watch.`
   * @param {Parameters<typeof sign>[0] | null} mark
   * @param {() => void} onclick
   * @param {boolean} enabled
   * @param {string} [kind]
   */
  #button(words, mark, onclick, enabled, kind = '') {
    const label = h('span', {}, this.t(`console.watch.${words}`));
    return h('button', { class: `button small ${kind}`, type: 'button', disabled: !enabled, onclick }, mark && sign(mark), label);
  }
}

customElements.define('mayfly-bars', Bars);

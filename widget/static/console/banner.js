/** `<mayfly-banner>`: what the agent must know before all else: the connection is lost or refused, or they were set away. */

import { h, fill } from '../shared/dom.js';
import { act, sign } from './draw.js';

/**
 * @import { Child } from '../shared/dom.js'
 * @import { Translate } from '../shared/i18n.js'
 * @import { State } from './state.js'
 */

export class Banner extends HTMLElement {
  /** @type {Translate} */ t = (key) => key;
  #connection = h('p', { class: 'connection', role: 'status', hidden: true });
  #away = h('div', { class: 'set-away', role: 'alert', hidden: true });
  #shown = '';

  connectedCallback() {
    if (!this.firstChild) this.append(this.#connection, this.#away);
  }

  /** @param {State} state */
  show({ connection, ready, availability, setBy }) {
    const away = availability === 'away' && setBy !== null && setBy !== 'chosen' ? setBy : '';
    const shown = JSON.stringify([connection, ready, away]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const words = this.#words(connection, ready);
    this.#connection.hidden = !words;
    this.#connection.className = `connection ${connection.state}`;
    fill(this.#connection, ...(words ?? []));
    this.#away.hidden = !away;
    fill(this.#away, ...(away ? this.#awayWords(away, connection.state === 'open') : []));
  }

  /**
   * @param {State['connection']} connection
   * @param {boolean} ready
   * @returns {Child[] | null} null: nothing to say
   */
  #words({ state, code, name }, ready) {
    const { t } = this;
    if (state === 'closed') {
      if (!code) return null;
      const replaced = name === 'replaced';
      return [
        h('b', {}, t(`console.connection.${replaced ? 'replaced' : 'closed'}`)),
        h('span', {}, replaced ? t('console.connection.replaced_text') : t('console.connection.closed_text', { name: name ?? code })),
        h(
          'button',
          { class: 'button small', type: 'button', onclick: () => (replaced ? act(this, 'connectHere') : location.reload()) },
          t(replaced ? 'console.connection.take_over' : 'console.connection.reload'),
        ),
      ];
    }
    if (state === 'open' || !ready) return null;
    return [t(`console.connection.${state === 'offline' ? state : name === 'too_many' ? 'crowded' : 'reconnecting'}`)];
  }

  /**
   * @param {string} setBy
   * @param {boolean} connected
   */
  #awayWords(setBy, connected) {
    const { t } = this;
    return [
      sign('bell'),
      h('p', {}, h('b', {}, t(`console.away.${setBy}`)), ' ', t('console.away.text')),
      h(
        'button',
        { class: 'button small primary', type: 'button', disabled: !connected, onclick: () => act(this, 'availability', { status: 'available' }) },
        t('console.away.back'),
      ),
    ];
  }
}

customElements.define('mayfly-banner', Banner);

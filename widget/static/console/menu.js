/** `<mayfly-menu>`: the agent's own: their status, how they like the console, and the end of their shift. */

import { h, fill, icon } from '../shared/dom.js';
import { act, sign } from './draw.js';

/**
 * @import { Translate } from '../shared/i18n.js'
 * @import { Preferences } from './preferences.js'
 * @import { State } from './state.js'
 */

const THEMES = /** @type {Preferences['theme'][]} */ (['auto', 'light', 'dark']);
const STATUSES = /** @type {State['availability'][]} */ (['available', 'away']);

export class Menu extends HTMLElement {
  /** @type {Translate} */ t = (key) => key;
  #shown = '';

  connectedCallback() {
    this.classList.add('menu');
    this.hidden = true;
    this.setAttribute('role', 'dialog');
    this.setAttribute('aria-label', this.t('console.nav.menu'));
  }

  /** @param {State} state */
  show(state) {
    const { agent, preferences, availability, connection } = state;
    const shown = JSON.stringify([agent, preferences, availability, connection.state]);
    if (this.#shown === shown) return;
    this.#shown = shown;
    const focused = document.activeElement instanceof HTMLElement && this.contains(document.activeElement) ? document.activeElement.id : '';
    this.#fill(state);
    if (focused) document.getElementById(focused)?.focus();
  }

  /** @param {State} state */
  #fill({ agent, preferences, availability, connection }) {
    const { t } = this;
    const denied = 'Notification' in window && Notification.permission === 'denied';
    fill(
      this,
      h('div', { class: 'who' }, h('b', {}, agent.name), h('small', {}, agent.email)),
      h(
        'fieldset',
        { class: 'status', disabled: connection.state !== 'open' },
        h('legend', { class: 'visually-hidden' }, t('console.menu.status')),
        ...STATUSES.map((status) => this.#status(status, status === availability)),
      ),
      this.#option('sound', preferences.sound),
      this.#option('notifications', preferences.notifications && !denied, denied),
      denied ? h('p', { class: 'faint' }, t('console.menu.notifications_denied')) : null,
      this.#option('keys', preferences.keys),
      h(
        'fieldset',
        { class: 'themes' },
        h('legend', {}, t('console.menu.theme')),
        h('div', {}, ...THEMES.map((theme) => this.#theme(theme, preferences.theme === theme))),
      ),
      h(
        'button',
        { type: 'button', class: 'button small quiet wide', id: 'help', onclick: () => act(this, 'ask', { dialog: { name: 'keys' } }) },
        sign('help'),
        t('console.nav.keys'),
      ),
      h(
        'button',
        { type: 'button', class: 'button small wide', id: 'sign-out', onclick: () => act(this, 'askLeave') },
        icon('end'),
        t('console.menu.sign_out'),
      ),
    );
  }

  /**
   * @param {State['availability']} status
   * @param {boolean} checked
   */
  #status(status, checked) {
    const { t } = this;
    return h(
      'label',
      {},
      h('input', { type: 'radio', name: 'status', id: `status-${status}`, checked, onchange: () => act(this, 'availability', { status }) }),
      h('span', { class: `dot ${status}`, 'aria-hidden': true }),
      h('span', {}, h('b', {}, t(`console.availability.${status}`)), h('small', {}, t(`console.menu.${status}`))),
    );
  }

  /**
   * @param {Preferences['theme']} theme
   * @param {boolean} checked
   */
  #theme(theme, checked) {
    return h(
      'label',
      {},
      h('input', { type: 'radio', name: 'theme', id: `theme-${theme}`, checked, onchange: () => act(this, 'prefer', { theme }) }),
      h('span', {}, this.t(`console.menu.theme_${theme}`)),
    );
  }

  /**
   * @param {'sound' | 'notifications' | 'keys'} name
   * @param {boolean} checked
   * @param {boolean} [disabled]
   */
  #option(name, checked, disabled = false) {
    const input = h('input', {
      type: 'checkbox',
      role: 'switch',
      id: `prefer-${name}`,
      checked,
      disabled,
      onchange: () => act(this, 'prefer', { [name]: input.checked }),
    });
    return h(
      'label',
      { class: 'toggle' },
      h('span', {}, this.t(`console.menu.${name}`)),
      input,
      h('span', { class: 'track', 'aria-hidden': true }),
    );
  }
}

customElements.define('mayfly-menu', Menu);

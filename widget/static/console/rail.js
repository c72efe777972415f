/** `<mayfly-rail>`: the way between chats and tickets, and the agent's menu with their preferences. */

import { h, fill, icon } from '../shared/dom.js';
import { initials } from '../shared/thread.js';
import { act, setText, sign } from './draw.js';
import { countAllUnread } from './state.js';

/**
 * @import { Translate } from '../shared/i18n.js'
 * @import { Preferences } from './preferences.js'
 * @import { State } from './state.js'
 */

const THEMES = /** @type {Preferences['theme'][]} */ (['auto', 'light', 'dark']);

export class Rail extends HTMLElement {
  /** @type {Translate} */ t = (key) => key;
  #chats = h('a', { href: '/console' });
  #tickets = h('a', { href: '/console/tickets' });
  #unread = h('span', { class: 'unread' });
  #sound = h('button', { type: 'button', class: 'tool', onclick: () => act(this, 'mute') });
  #avatar = h('span', { class: 'avatar', 'aria-hidden': true });
  #dot = h('span', { class: 'dot', 'aria-hidden': true });
  #menuButton = h('button', {
    type: 'button',
    class: 'tool me',
    'aria-haspopup': 'dialog',
    'aria-expanded': false,
    onclick: () => this.#toggle(this.#menu.hidden === true),
  });
  #menu = h('div', { class: 'menu', role: 'dialog', hidden: true });
  #shown = '';

  connectedCallback() {
    if (this.firstChild) return;
    const { t } = this;
    this.#chats.append(sign('chats'), h('span', { class: 'name' }, t('console.nav.chats')), this.#unread);
    this.#tickets.append(icon('ticket'), h('span', { class: 'name' }, t('console.nav.tickets')));
    this.#chats.addEventListener('click', (event) => this.#go(event, { name: 'chats' }));
    this.#tickets.addEventListener('click', (event) => this.#go(event, { name: 'tickets', status: '', q: '' }));
    this.#menuButton.append(this.#avatar, this.#dot);
    this.#menuButton.setAttribute('aria-label', t('console.nav.menu'));
    this.#menu.setAttribute('aria-label', t('console.nav.menu'));
    const mark = /** @type {HTMLLinkElement | null} */ (document.querySelector('link[rel=icon]'));
    this.append(
      h('img', { class: 'mark', src: mark?.href ?? '', alt: '', width: 32, height: 32 }),
      h('nav', { 'aria-label': t('console.nav.label') }, this.#chats, this.#tickets),
      h(
        'div',
        { class: 'tools' },
        this.#sound,
        h(
          'button',
          {
            type: 'button',
            class: 'tool keys',
            'aria-label': t('console.nav.keys'),
            title: `${t('console.nav.keys')} (?)`,
            onclick: () => act(this, 'ask', { dialog: { name: 'keys' } }),
          },
          sign('help'),
        ),
        this.#menuButton,
      ),
      this.#menu,
    );
    document.addEventListener('pointerdown', (event) => {
      if (
        event.target instanceof Node &&
        !this.#menu.hidden &&
        !this.#menu.contains(event.target) &&
        !this.#menuButton.contains(event.target)
      )
        this.#toggle(false);
    });
    this.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || this.#menu.hidden) return;
      this.#toggle(false);
      this.#menuButton.focus();
    });
  }

  /**
   * @param {MouseEvent} event
   * @param {object} view
   */
  #go(event, view) {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    act(this, 'go', { view });
  }

  /** @param {boolean} open */
  #toggle(open) {
    this.#menu.hidden = !open;
    this.#menuButton.setAttribute('aria-expanded', String(open));
    const first = this.#menu.querySelector('button, input');
    if (open && first instanceof HTMLElement) first.focus();
  }

  /** @param {State} state */
  show(state) {
    const { t } = this;
    const { preferences } = state;
    const unread = countAllUnread(state);
    setText(this.#unread, unread ? String(unread) : '');
    this.#unread.setAttribute('aria-label', unread ? t('console.chats.unread', { count: unread }) : '');
    for (const [link, here] of /** @type {[HTMLElement, boolean][]} */ ([
      [this.#chats, state.view.name === 'chats'],
      [this.#tickets, state.view.name !== 'chats'],
    ])) {
      if (here) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
    this.#dot.className = `dot ${state.connection.state === 'open' ? state.availability : 'lost'}`;
    setText(this.#avatar, initials(state.agent.name));
    const signature = JSON.stringify([preferences, state.agent]);
    if (this.#shown === signature) return;
    this.#shown = signature;
    fill(this.#sound, sign(preferences.sound ? 'sound' : 'mute'));
    this.#sound.setAttribute('aria-label', t('console.menu.sound'));
    this.#sound.setAttribute('aria-pressed', String(preferences.sound));
    this.#sound.title = `${t('console.menu.sound')} (M)`;
    this.#fillMenu(state);
  }

  /** @param {State} state */
  #fillMenu({ agent, preferences }) {
    const { t } = this;
    const focused =
      document.activeElement instanceof HTMLElement && this.#menu.contains(document.activeElement) ? document.activeElement.id : '';
    const denied = 'Notification' in window && Notification.permission === 'denied';
    fill(
      this.#menu,
      h('div', { class: 'who' }, h('b', {}, agent.name), h('small', {}, agent.email)),
      this.#option('sound', preferences.sound),
      this.#option('notifications', preferences.notifications && !denied, denied),
      denied ? h('p', { class: 'faint' }, t('console.menu.notifications_denied')) : null,
      this.#option('keys', preferences.keys),
      h(
        'fieldset',
        { class: 'themes' },
        h('legend', {}, t('console.menu.theme')),
        h(
          'div',
          {},
          ...THEMES.map((theme) =>
            h(
              'label',
              {},
              h('input', {
                type: 'radio',
                name: 'theme',
                id: `theme-${theme}`,
                checked: preferences.theme === theme,
                onchange: () => act(this, 'prefer', { theme }),
              }),
              h('span', {}, t(`console.menu.theme_${theme}`)),
            ),
          ),
        ),
      ),
      h(
        'button',
        { type: 'button', class: 'button small quiet wide', id: 'help', onclick: () => act(this, 'ask', { dialog: { name: 'keys' } }) },
        sign('help'),
        t('console.nav.keys'),
      ),
      h(
        'button',
        { type: 'button', class: 'button small wide', id: 'sign-out', onclick: () => act(this, 'signOut') },
        icon('end'),
        t('console.menu.sign_out'),
      ),
    );
    if (focused) document.getElementById(focused)?.focus();
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

customElements.define('mayfly-rail', Rail);

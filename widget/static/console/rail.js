/** `<mayfly-rail>`: the way between chats, board and tickets, and to the agent's menu. */

import { h, fill, icon } from '../shared/dom.js';
import { initials } from '../shared/thread.js';
import { act, setText, sign } from './draw.js';
import { Menu } from './menu.js';
import { countAllUnread, supervises } from './state.js';

/**
 * @import { Translate } from '../shared/i18n.js'
 * @import { State, View } from './state.js'
 */

export class Rail extends HTMLElement {
  /** @type {Translate} */ t = (key) => key;
  #chats = h('a', { href: '/console' });
  #board = h('a', { href: '/console/board', hidden: true });
  #tickets = h('a', { href: '/console/tickets' });
  /** Whether there are help articles. */ help = false;
  #help = h('a', { href: '/console/help' });
  #unread = h('span', { class: 'unread' });
  #comments = h('span', { class: 'unread' });
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
  #menu = new Menu();
  #shown = '';

  connectedCallback() {
    if (this.firstChild) return;
    const { t } = this;
    this.#menu.t = t;
    this.#chats.append(sign('chats'), h('span', { class: 'name' }, t('console.nav.chats')), this.#unread);
    this.#board.append(sign('board'), h('span', { class: 'name' }, t('console.nav.board')));
    this.#tickets.append(icon('ticket'), h('span', { class: 'name' }, t('console.nav.tickets')));
    this.#help.append(sign('book'), h('span', { class: 'name' }, t('console.nav.help')), this.#comments);
    this.#help.hidden = !this.help;
    this.#leadTo(this.#help, { name: 'help', tab: 'waiting', site: '' });
    this.#leadTo(this.#chats, { name: 'chats' });
    this.#leadTo(this.#board, { name: 'board', team: '' });
    this.#leadTo(this.#tickets, null);
    this.#menuButton.append(this.#avatar, this.#dot);
    this.#menuButton.setAttribute('aria-label', t('console.nav.menu'));
    const mark = /** @type {HTMLLinkElement | null} */ (document.querySelector('link[rel=icon]'));
    this.append(
      h('img', { class: 'mark', src: mark?.href ?? '', alt: '', width: 32, height: 32 }),
      h('nav', { 'aria-label': t('console.nav.label') }, this.#chats, this.#board, this.#tickets, this.#help),
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
      const inside = event.target instanceof Node && (this.#menu.contains(event.target) || this.#menuButton.contains(event.target));
      if (!this.#menu.hidden && !inside) this.#toggle(false);
    });
    this.#menu.addEventListener('click', (event) => {
      if (event.target instanceof Element && event.target.closest('button')) this.#toggle(false);
    });
    this.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || this.#menu.hidden) return;
      this.#toggle(false);
      this.#menuButton.focus();
    });
  }

  /**
   * @param {HTMLElement} link
   * @param {View | null} view null: the list of tickets that was left last
   */
  #leadTo(link, view) {
    link.addEventListener('click', (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      if (view) act(this, 'go', { view });
      else act(this, 'backToTickets');
      document.getElementById('main')?.focus(); // who has gone there is there: keys no longer mean the link
    });
  }

  /** @param {boolean} open */
  #toggle(open) {
    this.#menu.hidden = !open;
    this.#menuButton.setAttribute('aria-expanded', String(open));
    const first = this.#menu.querySelector('input:checked, button');
    if (open && first instanceof HTMLElement) first.focus();
  }

  /** @param {State} state */
  show(state) {
    const { t } = this;
    const { preferences, view } = state;
    const unread = countAllUnread(state);
    setText(this.#unread, unread ? String(unread) : '');
    this.#unread.setAttribute('aria-label', unread ? t('console.chats.unread', { count: unread }) : '');
    const { waiting } = state.help;
    setText(this.#comments, waiting ? String(Math.min(waiting, 99)) : '');
    this.#comments.setAttribute('aria-label', waiting ? t('console.help.count', { count: waiting }) : '');
    this.#board.hidden = !supervises(state);
    for (const [link, here] of /** @type {[HTMLElement, boolean][]} */ ([
      [this.#chats, view.name === 'chats'],
      [this.#board, view.name === 'board'],
      [this.#tickets, view.name === 'tickets' || view.name === 'ticket'],
      [this.#help, view.name === 'help'],
    ])) {
      if (here) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
    this.#dot.className = `dot ${state.connection.state === 'open' ? state.availability : 'lost'}`;
    setText(this.#avatar, initials(state.agent.name));
    this.#menu.show(state);
    if (this.#shown === String(preferences.sound)) return;
    this.#shown = String(preferences.sound);
    fill(this.#sound, sign(preferences.sound ? 'sound' : 'mute'));
    this.#sound.setAttribute('aria-label', t('console.menu.sound'));
    this.#sound.setAttribute('aria-pressed', String(preferences.sound));
    this.#sound.title = `${t('console.menu.sound')} (M)`;
  }
}

customElements.define('mayfly-rail', Rail);

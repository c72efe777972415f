/** `<mayfly-console>`: the whole window. It places the parts and hands each what it shows; what they ask for bubbles through it. */

import { h, fill } from '../shared/dom.js';
import { Banner } from './banner.js';
import { BoardView } from './board/board.js';
import { Card } from './card.js';
import { ChatView } from './chat.js';
import { Dialogs } from './dialogs/dialogs.js';
import { HelpDesk } from './help/desk.js';
import { idleState } from './idle.js';
import { Insertions } from './insertions.js';
import { Offers } from './offers.js';
import { Rail } from './rail.js';
import { Sidebar } from './sidebar.js';
import { findChat } from './state.js';
import { TicketDesk } from './tickets/desk.js';
import { Known } from './tickets/known.js';
import { Toasts } from './toasts.js';

/**
 * @import { Translate } from '../shared/i18n.js'
 * @import { Api } from './api.js'
 * @import { Config } from './console.js'
 * @import { State } from './state.js'
 */

/** @typedef {ChatView | BoardView | TicketDesk | HelpDesk} Inside */

export class Frame extends HTMLElement {
  /** @type {Translate} */ t = (key) => key;
  #banner = new Banner();
  #offers = new Offers();
  #rail = new Rail();
  #sidebar = new Sidebar();
  #main = h('main', { id: 'main', tabIndex: -1 });
  #card = new Card();
  #dialogs = new Dialogs();
  #toasts = new Toasts();
  /** @type {Inside | null} */ #inside = null;
  /** @type {TicketDesk | undefined} */ #desk;
  #idle = '';
  /** @type {Config | undefined} */ #config;
  /** @type {Api | undefined} */ #api;
  /** @type {Known | undefined} */ #known;
  /** @type {Insertions | undefined} */ #insertions;

  /**
   * @param {Config} config
   * @param {Translate} t
   * @param {Api} api
   */
  start(config, t, api) {
    this.#config = config;
    this.#api = api;
    const { sites, teams, locale, origin } = config;
    const known = (this.#known = new Known(api));
    this.#insertions = new Insertions({ api, known, sites, origin, t });
    for (const part of [this, this.#banner, this.#offers, this.#rail, this.#sidebar, this.#card, this.#dialogs, this.#toasts]) part.t = t;
    Object.assign(this.#offers, { sites, teams });
    Object.assign(this.#dialogs, { sites, teams, locale, api });
    this.#card.locale = locale;
    this.#card.setAttribute('role', 'complementary');
    this.#card.setAttribute('aria-label', t('console.chat.card'));
    this.#rail.help = Object.values(sites).some(({ help }) => help);
    const parts = [this.#banner, this.#rail, this.#offers, this.#sidebar, this.#main, this.#card, this.#dialogs, this.#toasts];
    fill(this, h('a', { class: 'skip', href: '#main' }, t('console.skip')), ...parts);
  }

  /** Colleagues, templates or views have changed. */
  forgetKnown() {
    this.#known?.forget();
  }

  /** Whether the agent has the newest line of the open chat before them. */
  get atNewest() {
    return this.#inside instanceof ChatView && this.#inside.atNewest;
  }

  focusText() {
    if (this.#inside instanceof ChatView) this.#inside.focusText();
  }

  focusSearch() {
    this.desk?.focusSearch();
  }

  /** The tickets, if they are in view. */
  get desk() {
    return this.#inside instanceof TicketDesk ? this.#inside : null;
  }

  /** The help's comments and reports, if they are in view. */
  get help() {
    return this.#inside instanceof HelpDesk ? this.#inside : null;
  }

  /** @param {1 | -1} step */
  stepOnBoard(step) {
    if (this.#inside instanceof BoardView) this.#inside.step(step);
  }

  /**
   * @param {State} state
   * @param {number} now ms
   */
  show(state, now) {
    const chat = state.view.name === 'chats' ? findChat(state) : null;
    this.dataset.view = state.view.name;
    this.dataset.pane = state.view.name === 'chats' && !chat && !state.closing ? 'list' : state.pane;
    this.dataset.card = chat && state.card ? 'open' : '';
    this.classList.toggle('with-card', chat !== null);
    this.#banner.show(state);
    this.#offers.show(state, now);
    this.#rail.show(state);
    this.#sidebar.show(state, now);
    this.#showMain(state, now);
    this.#card.show(chat, this.#siteTitle(chat?.site), this.#config?.teams[chat?.team ?? ''] ?? chat?.team ?? '', now);
    this.#toasts.show(state);
    this.#dialogs.show(state, now);
  }

  /** @param {string | undefined} site */
  #siteTitle(site) {
    return this.#config?.sites[site ?? '']?.title ?? site ?? '';
  }

  /**
   * @param {State} state
   * @param {number} now
   */
  #showMain(state, now) {
    const { view } = state;
    const chat = view.name === 'chats' ? findChat(state) : null;
    if (chat)
      this.#place(ChatView, (inside) => inside.chat === chat.chat, { chat: chat.chat }).show(chat, state, now, this.#siteTitle(chat.site));
    else if (view.name === 'board') this.#place(BoardView).show(state, view, now);
    else if (view.name === 'help') this.#place(HelpDesk).show(state, view);
    else if (view.name === 'tickets' || view.name === 'ticket') this.#showDesk().show(state, view, now);
    else this.#showIdle(state);
  }

  /**
   * The element of this kind that is there, or a new one in place of what was.
   * @template {Inside} Part
   * @param {new () => Part} kind
   * @param {(inside: Part) => boolean} [fits]
   * @param {object} [properties]
   * @returns {Part}
   */
  #place(kind, fits = () => true, properties = {}) {
    if (this.#inside instanceof kind && fits(this.#inside)) return this.#inside;
    const inside = Object.assign(
      new kind(),
      { t: this.t, locale: this.#config?.locale, sites: this.#config?.sites, api: this.#api, insertions: this.#insertions },
      properties,
    );
    this.#inside = inside;
    this.#idle = '';
    fill(this.#main, inside);
    return inside;
  }

  /** The one desk: a list that was left is found as it was. */
  #showDesk() {
    if (this.desk) return this.desk;
    const { t } = this;
    const { locale, sites, teams } = /** @type {Config} */ (this.#config);
    this.#desk ??= Object.assign(new TicketDesk(), { t, locale, sites, teams, api: this.#api, known: this.#known, insertions: this.#insertions });
    this.#inside = this.#desk;
    this.#idle = '';
    fill(this.#main, this.#desk);
    return this.#desk;
  }

  /** @param {State} state */
  #showIdle(state) {
    const { t } = this;
    const mayNotify = !state.preferences.notifications && 'Notification' in window && Notification.permission !== 'denied';
    const idle = JSON.stringify([state.ready, state.closing, state.availability, state.chats.length > 0, mayNotify]);
    if (this.#idle === idle) return;
    this.#inside = null;
    this.#idle = idle;
    fill(
      this.#main,
      h('h1', { class: 'visually-hidden' }, t('console.nav.chats')),
      state.ready ? idleState(state, mayNotify, t, this) : h('p', { class: 'loading' }, t('console.loading')),
    );
  }
}

customElements.define('mayfly-console', Frame);

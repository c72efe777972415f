/** `<mayfly-console>`: the whole window. It places the parts and hands each what it shows; what they ask for bubbles through it. */

import { h, fill, icon } from '../shared/dom.js';
import { Card } from './card.js';
import { ChatView } from './chat.js';
import { Dialogs } from './dialogs.js';
import { act, Rows, setText, sign } from './draw.js';
import { emptyState } from './empty.js';
import { Rail } from './rail.js';
import { Sidebar } from './sidebar.js';
import { findChat } from './state.js';
import { TicketView } from './ticket.js';
import { TicketList } from './tickets.js';

/**
 * @import { Translate } from '../shared/i18n.js'
 * @import { Api } from './api.js'
 * @import { Config } from './console.js'
 * @import { State, Toast } from './state.js'
 */

export class Frame extends HTMLElement {
  /** @type {Translate} */ t = (key) => key;
  #rail = new Rail();
  #sidebar = new Sidebar();
  #main = h('main', { id: 'main', tabIndex: -1 });
  #card = new Card();
  #dialogs = new Dialogs();
  #banner = h('p', { class: 'connection', role: 'status', hidden: true });
  #toastList = h('div', { class: 'toasts', role: 'status', 'aria-live': 'polite' });
  /** @type {Rows<Toast, HTMLElement>} */ #toasts = new Rows(
    this.#toastList,
    (toast) => String(toast.id),
    (toast) => this.#buildToast(toast),
  );
  /** @type {ChatView | TicketList | TicketView | null} */ #inside = null;
  #emptySignature = '';
  /** @type {Config | undefined} */ #config;
  /** @type {Api | undefined} */ #api;

  /**
   * @param {Config} config
   * @param {Translate} t
   * @param {Api} api
   */
  start(config, t, api) {
    this.#config = config;
    this.#api = api;
    for (const part of [this, this.#rail, this.#sidebar, this.#card, this.#dialogs]) part.t = t;
    this.#card.locale = this.#dialogs.locale = config.locale;
    this.#card.setAttribute('role', 'complementary');
    this.#card.setAttribute('aria-label', t('console.chat.card'));
    this.#dialogs.sites = config.sites;
    fill(
      this,
      h('a', { class: 'skip', href: '#main' }, t('console.skip')),
      this.#banner,
      this.#rail,
      this.#sidebar,
      this.#main,
      this.#card,
      this.#dialogs,
      this.#toastList,
    );
  }

  /** Whether the agent has the newest line of the open chat before them. */
  get atNewest() {
    return this.#inside instanceof ChatView && this.#inside.atNewest;
  }

  focusText() {
    if (this.#inside instanceof ChatView) this.#inside.focusText();
  }

  focusSearch() {
    if (this.#inside instanceof TicketList) this.#inside.focusSearch();
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
    this.#rail.show(state);
    this.#sidebar.show(state, now);
    this.#showMain(state, now);
    const team =
      state.queues.find((queue) => queue.team === chat?.team)?.title ?? this.#config?.teams[chat?.team ?? ''] ?? chat?.team ?? '';
    this.#card.show(chat, this.#siteTitle(chat?.site), team, now);
    this.#showBanner(state);
    this.#toasts.show(state.toasts);
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
    else if (view.name === 'tickets') this.#place(TicketList).show(view, state.ticketsVersion);
    else if (view.name === 'ticket') this.#place(TicketView).show(view, state.ticketsVersion);
    else this.#showEmpty(state);
  }

  /**
   * The element of this kind that is there, or a new one in place of what was.
   * @template {ChatView | TicketList | TicketView} Part
   * @param {new () => Part} kind
   * @param {(inside: Part) => boolean} [fits]
   * @param {object} [properties]
   * @returns {Part}
   */
  #place(kind, fits = () => true, properties = {}) {
    if (this.#inside instanceof kind && fits(this.#inside)) return this.#inside;
    const inside = Object.assign(
      new kind(),
      { t: this.t, locale: this.#config?.locale, sites: this.#config?.sites, api: this.#api },
      properties,
    );
    this.#inside = inside;
    this.#emptySignature = '';
    fill(this.#main, inside);
    return inside;
  }

  /** @param {State} state */
  #showEmpty(state) {
    const { t } = this;
    const mayAsk = !state.preferences.notifications && 'Notification' in window && Notification.permission !== 'denied';
    const signature = JSON.stringify([state.ready, state.closing, state.availability, state.chats.length > 0, mayAsk]);
    if (this.#emptySignature === signature) return;
    this.#inside = null;
    this.#emptySignature = signature;
    fill(
      this.#main,
      h('h1', { class: 'visually-hidden' }, t('console.nav.chats')),
      state.ready ? this.#emptyOf(state, mayAsk) : h('p', { class: 'loading' }, t('console.loading')),
    );
  }

  /**
   * @param {State} state
   * @param {boolean} mayAsk
   */
  #emptyOf({ closing, availability, chats }, mayAsk) {
    const { t } = this;
    const back = h(
      'button',
      { class: 'button narrow', type: 'button', onclick: () => act(this, 'closeEmpty') },
      icon('back'),
      t('console.chats.title'),
    );
    if (closing) {
      const kept = closing.tickets?.map((number) => `#${number}`).join(', ');
      const text = kept
        ? t('console.closing.kept_text', { tickets: kept })
        : t(`console.closing.${closing.kind === 'ended' ? 'erased' : closing.kind}_text`);
      return emptyState(icon('check'), t(`console.closing.${closing.by ?? closing.kind}`), text, back);
    }
    if (chats.length > 0)
      return emptyState(sign('chats'), t('console.empty.choose'), t('console.empty.choose_text', { down: 'J', up: 'K' }));
    if (availability === 'away')
      return emptyState(
        sign('user'),
        t('console.empty.away'),
        t('console.empty.away_text'),
        h('button', { class: 'button primary', type: 'button', onclick: () => act(this, 'availability') }, t('console.empty.go')),
      );
    return emptyState(
      sign('chats'),
      t('console.empty.available'),
      t('console.empty.available_text'),
      mayAsk
        ? h(
            'button',
            { class: 'button', type: 'button', onclick: () => act(this, 'prefer', { notifications: true }) },
            sign('bell'),
            t('console.empty.notify'),
          )
        : null,
    );
  }

  /** @param {State} state */
  #showBanner({ connection, ready }) {
    const { t } = this;
    const lost = ready && ['connecting', 'reconnecting', 'offline'].includes(connection.state);
    this.#banner.hidden = !lost && connection.state !== 'closed';
    this.#banner.className = `connection ${connection.state}`;
    if (connection.state === 'closed' && connection.code) {
      const key = `${connection.state} ${connection.code}`;
      if (this.#banner.dataset.shown === key) return;
      this.#banner.dataset.shown = key;
      const replaced = connection.name === 'replaced';
      const words = replaced
        ? [h('b', {}, t('console.connection.replaced')), h('span', {}, t('console.connection.replaced_text'))]
        : [
            h('b', {}, t('console.connection.closed')),
            h('span', {}, t('console.connection.closed_text', { name: connection.name ?? connection.code })),
          ];
      return void fill(
        this.#banner,
        ...words,
        h(
          'button',
          { class: 'button small', type: 'button', onclick: () => (replaced ? act(this, 'takeOver') : location.reload()) },
          t(replaced ? 'console.connection.take_over' : 'console.connection.reload'),
        ),
      );
    }
    this.#banner.dataset.shown = '';
    if (lost) setText(this.#banner, t(connection.state === 'offline' ? 'console.connection.offline' : 'console.connection.reconnecting'));
  }

  /** @param {Toast} toast */
  #buildToast({ id, key, params, tone, chat }) {
    const words = h('span', {}, this.t(key, params));
    const close = h(
      'button',
      { class: 'icon-button', type: 'button', 'aria-label': this.t('console.toast.dismiss'), onclick: () => act(this, 'dismiss', { id }) },
      icon('close'),
    );
    const open = chat
      ? h('button', { class: 'words', type: 'button', onclick: () => act(this, 'select', { chat, focus: true }) }, words)
      : h('p', { class: 'words' }, words);
    return h('div', { class: `toast ${tone}` }, icon(tone === 'bad' ? 'alert' : 'check'), open, close);
  }
}

customElements.define('mayfly-console', Frame);

/** `<mayfly-tickets>`: the list of tickets, filtered by status and words, a page at a time. It asks the service itself: the list is nobody's state but its own. */

import { h, fill, icon } from '../shared/dom.js';
import { formatTime } from '../shared/i18n.js';
import { act, Rows, setText, sign } from './draw.js';
import { emptyState } from './empty.js';

/**
 * @import { Translate } from '../shared/i18n.js'
 * @import { Api, Ticket } from './api.js'
 */

export const STATUSES = ['open', 'pending', 'solved', 'closed'];
const SEARCH_AFTER_MS = 250;

export class TicketList extends HTMLElement {
  /** @type {Translate} */ t = (key) => key;
  locale = 'en';
  /** @type {Record<string, {title: string}>} */ sites = {};
  /** @type {Api | undefined} */ api;

  #filter = { status: '', q: '' };
  #version = -1;
  /** @type {string | null} */ #next = null;
  /** @type {readonly Ticket[]} */ #tickets = [];
  /** @type {AbortController | undefined} */ #asking;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #searchTimer;

  #search = h('input', { type: 'search', oninput: () => this.#typed() });
  #statuses = h('div', { class: 'statuses', role: 'group' });
  #body = h('ul', { class: 'rows' });
  #rest = h('div', { class: 'rest', role: 'status' });
  /** @type {Rows<Ticket, HTMLElement>} */ #rows = new Rows(
    this.#body,
    (ticket) => `${ticket.site}/${ticket.number}`,
    () => this.#buildRow(),
  );

  connectedCallback() {
    if (this.firstChild) return;
    const { t } = this;
    this.#search.placeholder = t('console.tickets.search');
    this.#search.setAttribute('aria-label', t('console.tickets.search'));
    this.#statuses.setAttribute('aria-label', t('console.tickets.status'));
    fill(
      this.#statuses,
      ...['', ...STATUSES].map((status) =>
        h(
          'button',
          { type: 'button', 'data-status': status, onclick: () => this.#go({ ...this.#filter, status }) },
          t(status ? `console.status.${status}` : 'console.tickets.all'),
        ),
      ),
    );
    this.append(
      h(
        'header',
        {},
        h('h1', {}, t('console.tickets.title')),
        h('label', { class: 'search' }, sign('search'), this.#search, h('kbd', { 'aria-hidden': true }, '/')),
      ),
      this.#statuses,
      h('div', { class: 'scroll' }, this.#body, this.#rest),
    );
  }

  disconnectedCallback() {
    this.#asking?.abort();
    clearTimeout(this.#searchTimer);
  }

  focusSearch() {
    this.#search.focus();
    this.#search.select();
  }

  #typed() {
    clearTimeout(this.#searchTimer);
    this.#searchTimer = setTimeout(() => this.#go({ ...this.#filter, q: this.#search.value.trim() }), SEARCH_AFTER_MS);
  }

  /** @param {{status: string, q: string}} filter */
  #go(filter) {
    act(this, 'go', { view: { name: 'tickets', ...filter } });
  }

  /**
   * @param {{status: string, q: string}} filter
   * @param {number} version rises when a ticket has changed somewhere
   */
  show({ status, q }, version) {
    if (this.#filter.status === status && this.#filter.q === q && this.#version === version) return;
    const other = this.#filter.status !== status || this.#filter.q !== q;
    this.#filter = { status, q };
    this.#version = version;
    if (document.activeElement !== this.#search) this.#search.value = q;
    for (const button of this.#statuses.children)
      button.setAttribute('aria-pressed', String(button instanceof HTMLElement && button.dataset.status === status));
    void this.#load(other ? [] : this.#tickets);
  }

  /**
   * @param {readonly Ticket[]} meanwhile what to show until the answer is here
   * @param {string} [cursor]
   */
  async #load(meanwhile, cursor) {
    this.#asking?.abort();
    const asking = (this.#asking = new AbortController());
    if (meanwhile.length === 0) this.#showRest(h('p', { class: 'loading' }, this.t('console.loading')));
    try {
      const page = await /** @type {Api} */ (this.api).tickets({ ...this.#filter, cursor }, asking.signal);
      if (asking.signal.aborted) return;
      this.#tickets = cursor ? [...this.#tickets, ...page.tickets] : page.tickets;
      this.#next = page.next;
      this.#rows.show(this.#tickets, (row, ticket) => this.#patchRow(row, ticket));
      this.#showRest(this.#afterLast());
    } catch {
      if (asking.signal.aborted) return;
      this.#showRest(
        h('p', { class: 'failed' }, this.t('console.tickets.failed')),
        h(
          'button',
          { class: 'button small', type: 'button', onclick: () => this.#load(this.#tickets, cursor) },
          this.t('console.tickets.retry'),
        ),
      );
    }
  }

  /** @param {...Node} children */
  #showRest(...children) {
    fill(this.#rest, ...children);
  }

  /** @returns {Node} */
  #afterLast() {
    const { t } = this;
    if (this.#tickets.length === 0) {
      const filtered = this.#filter.status || this.#filter.q;
      if (!filtered) return emptyState(icon('ticket'), t('console.tickets.empty'), t('console.tickets.empty_text'));
      return emptyState(
        sign('search'),
        t('console.tickets.none'),
        t('console.tickets.none_text'),
        h('button', { class: 'button', type: 'button', onclick: () => this.#clear() }, t('console.tickets.clear')),
      );
    }
    const more = this.#next;
    return more
      ? h('button', { class: 'button', type: 'button', onclick: () => this.#load(this.#tickets, more) }, t('console.tickets.more'))
      : document.createTextNode('');
  }

  #clear() {
    this.#search.value = '';
    this.#go({ status: '', q: '' });
  }

  #buildRow() {
    const link = h(
      'a',
      {},
      h('span', { class: 'number' }),
      h('span', { class: 'words' }, h('b', { dir: 'auto' }), h('small', { dir: 'auto' })),
      h('span', { class: 'badge' }),
      h('time'),
    );
    return h('li', {}, link);
  }

  /**
   * @param {HTMLElement} row
   * @param {Ticket} ticket
   */
  #patchRow(row, ticket) {
    const { t } = this;
    const link = /** @type {HTMLAnchorElement} */ (row.firstElementChild);
    const [number, words, badge, time] = link.children;
    const { name, email, phone } = ticket.requester;
    link.href = `/console/tickets/${encodeURIComponent(ticket.site)}/${ticket.number}`;
    link.onclick = (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      act(this, 'go', { view: { name: 'ticket', site: ticket.site, number: ticket.number } });
    };
    setText(number, `#${ticket.number}`);
    setText(words.children[0], ticket.subject);
    setText(
      words.children[1],
      [name || email || phone || t('console.tickets.nobody'), ticket.topic, this.sites[ticket.site]?.title].filter(Boolean).join(' · '),
    );
    setText(badge, t(`console.status.${ticket.status}`));
    badge.className = `badge ${ticket.status}`;
    setText(time, formatMoment(ticket.updated_at, this.locale));
    time.setAttribute('datetime', ticket.updated_at);
  }
}

/**
 * The time today, the day this year, else the date.
 * @param {string} at RFC 3339
 * @param {string} locale
 */
export function formatMoment(at, locale) {
  const date = new Date(at);
  const now = new Date();
  if (date.toDateString() === now.toDateString()) return formatTime(date, locale);
  const year = date.getFullYear() === now.getFullYear() ? undefined : 'numeric';
  return date.toLocaleDateString(locale, { day: 'numeric', month: 'short', year });
}

customElements.define('mayfly-tickets', TicketList);

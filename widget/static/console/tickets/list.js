/** `<mayfly-tickets>`: the list of tickets: it grows as one scrolls, stays where it is when something changes, and can be worked on by the handful. */

import { h, fill } from '../../shared/dom.js';
import { icon } from '../../shared/icons.js';
import { setText, sign } from '../draw.js';
import { emptyState } from '../empty.js';
import { act } from '../draw.js';
import { BulkBar } from './bulk.js';
import { Feed } from './feed.js';
import { narrowings, queueOf, writeFilter } from './filter.js';
import { TicketFilters } from './filters.js';
import { TicketRow } from './row.js';
import { Selection } from './selection.js';
import { keyOf } from './types.js';
import { RowWindow } from './window.js';

/**
 * @import { Translate } from '../../shared/i18n.js'
 * @import { Api } from '../api.js'
 * @import { SiteConfig } from '../console.js'
 * @import { Filter } from './filter.js'
 * @import { Known } from './known.js'
 * @import { Ticket, TicketChanges } from './types.js'
 */

const AHEAD = '1200px';
const SKELETONS = 9;
const TICK_MS = 15_000;

export class TicketList extends HTMLElement {
  #t;
  #locale;
  #sites;
  #feed;
  #query = '-';
  /** @type {readonly Ticket[]} */ #shown = [];
  /** @type {Filter} */ #filter = {};
  /** What stands after the rows. */
  #after = '';
  #scrolled = 0;
  #tickedAt = 0;
  #filters;
  #bulk;
  #selection;
  #body = h('ul', { class: 'rows' });
  #rest = h('div', { class: 'rest' });
  #status = h('p', { class: 'visually-hidden', role: 'status' });
  #newer = h('button', { class: 'newer', type: 'button', hidden: true });
  #scroll = h('div', { class: 'scroll' }, this.#body, this.#rest);
  #window = new RowWindow(
    this.#scroll,
    this.#body,
    () => h('li', {}, new TicketRow(this.#t, this.#locale)),
    (row, ticket) => this.#patch(row, ticket),
  );
  #sight = new IntersectionObserver((seen) => seen.some(({ isIntersecting }) => isIntersecting) && this.#feed.more(), {
    root: this.#scroll,
    rootMargin: AHEAD,
  });

  /** @param {{t: Translate, locale: string, sites: Record<string, SiteConfig>, teams: Record<string, string>, api: Api, known: Known, me: string}} parts */
  constructor({ t, locale, sites, teams, api, known, me }) {
    super();
    this.#t = t;
    this.#locale = locale;
    this.#sites = sites;
    this.#feed = new Feed(api);
    this.#filters = Object.assign(new TicketFilters(), { t, locale, sites, teams, api, known, me });
    this.#bulk = new BulkBar({ t, teams, known, me, api });
    this.#selection = new Selection(
      this.#body,
      () => this.#feed.tickets,
      (index) => this.#window.reveal(index),
    );
    this.#feed.addEventListener('change', () => this.#draw());
    this.#selection.addEventListener('change', () => this.#bulk.show(this.#selection.tickets, this.#feed.tickets.length));
    this.#bulk.addEventListener('all', () => this.#selection.toggleAll());
    this.#bulk.addEventListener('none', () => this.#selection.clear());
    this.#bulk.addEventListener('changed', (event) => this.#feed.refresh(/** @type {CustomEvent} */ (event).detail.tickets));
    this.#newer.addEventListener('click', () => this.#scroll.scrollTo({ top: 0, behavior: 'smooth' }));
    this.#scroll.addEventListener('scroll', () => this.#moved(), { passive: true });
    this.#sight.observe(this.#rest);
  }

  connectedCallback() {
    if (this.firstChild) return;
    const t = this.#t;
    this.#body.setAttribute('aria-label', t('console.tickets.title'));
    const heads = ['subject', 'requester', 'status', 'due', 'updated'].map((name) => h('span', { class: name }, t(`console.tickets.head_${name}`)));
    this.append(this.#filters, this.#bulk, h('div', { class: 'heads', 'aria-hidden': true }, ...heads), h('div', { class: 'around' }, this.#newer, this.#scroll), this.#status);
  }

  focusSearch() {
    this.#filters.focusSearch();
  }

  /** The scroll position is lost with the layout; coming back finds it. */
  comeBack() {
    this.#scroll.scrollTop = this.#scrolled;
  }

  stop() {
    this.#feed.stop();
  }

  #moved() {
    if (!this.hidden) this.#scrolled = this.#scroll.scrollTop;
    if (this.#scroll.scrollTop < 8) this.#newer.hidden = true;
  }

  /**
   * @param {Filter} filter
   * @param {number} now ms
   */
  show(filter, now) {
    const shown = writeFilter(filter);
    this.#filters.show(filter);
    if (shown === this.#query) return this.#tick(now);
    this.#query = shown;
    this.#filter = filter;
    this.#selection.clear();
    this.#newer.hidden = true;
    this.#scroll.scrollTop = 0;
    void this.#feed.open(filter);
  }

  /** @param {readonly {site: string, number: number}[] | null} changed null: anything may have */
  refresh(changed) {
    this.#feed.refresh(changed);
  }

  /** Time passes. @param {number} now */
  #tick(now) {
    if (this.hidden || now - this.#tickedAt < TICK_MS) return;
    this.#tickedAt = now;
    this.#window.show(this.#feed.tickets, !this.#feed.next);
  }

  /** @param {Ticket} ticket */
  #siteOf({ site }) {
    return Object.keys(this.#sites).length > 1 && !this.#filter.site ? (this.#sites[site]?.title ?? site) : '';
  }

  #draw() {
    const { tickets, fresh, state } = this.#feed;
    const hold = this.#hold();
    const focused = this.#body.contains(document.activeElement) ? document.activeElement : null;
    this.#selection.keep();
    this.#window.show(tickets, !this.#feed.next);
    hold(fresh.size);
    if (focused instanceof HTMLElement && focused.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true });
    this.#bulk.show(this.#selection.tickets, tickets.length);
    this.classList.toggle('is-empty', tickets.length === 0);
    this.#body.setAttribute('aria-busy', String(state === 'loading'));
    const after = JSON.stringify([state, tickets.length === 0, Boolean(this.#feed.next), this.#filter, navigator.onLine]);
    if (after !== this.#after) fill(this.#rest, ...this.#afterLast()); // anew, it would come in once more
    this.#after = after;
    setText(this.#status, state === 'ready' ? this.#t('console.tickets.found', { count: tickets.length }) : '');
    // The end may still be in sight: the observer only tells when that changes.
    this.#sight.unobserve(this.#rest);
    this.#sight.observe(this.#rest);
  }

  /**
   * What the reader looks at stays where it is: the row under their pointer, or else the first one in view of who has scrolled.
   * @returns {(newer: number) => void} to be called when the rows have changed, with how many came by themselves
   */
  #hold() {
    const indexOf = (/** @type {string | undefined} */ key) => this.#shown.findIndex((ticket) => keyOf(ticket) === key);
    const pointed = this.#body.querySelector(':scope > li:hover, :scope > li:focus-within');
    const at = pointed instanceof HTMLElement ? indexOf(pointed.dataset.key) : this.#scroll.scrollTop > 0 ? this.#window.first : -1;
    const held = this.#shown[at];
    this.#shown = this.#feed.tickets;
    return (newer) => {
      const now = held && newer ? indexOf(keyOf(held)) : -1;
      if (now > at) this.#window.shift(now - at);
      if (!newer || this.#scroll.scrollTop < 8) return;
      fill(this.#newer, icon('down'), this.#t('console.tickets.newer', { count: newer }));
      this.#newer.hidden = false;
    };
  }

  /**
   * @param {HTMLElement} row
   * @param {Ticket} ticket
   */
  #patch(row, ticket) {
    if (this.#feed.fresh.has(keyOf(ticket))) row.classList.add('fresh');
    this.#selection.mark(row);
    if (row.firstElementChild instanceof TicketRow) row.firstElementChild.show(ticket, this.#siteOf(ticket), Date.now());
  }

  /** @returns {Node[]} */
  #afterLast() {
    const t = this.#t;
    const { state, tickets, next } = this.#feed;
    if (state === 'failed') {
      const words = t(navigator.onLine ? 'console.tickets.failed' : 'console.tickets.offline');
      const again = h('button', { class: 'button small', type: 'button', onclick: () => void this.#feed.retry() }, icon('retry'), t('console.tickets.retry'));
      return tickets.length ? [h('p', { class: 'failed', role: 'alert' }, words), again] : [emptyState(icon('alert'), words, '', again)];
    }
    if (state === 'loading') return [skeleton(SKELETONS, t('console.loading'))];
    // A page may be empty and not the last: a search by words goes through the tickets step by step.
    if (tickets.length === 0 && !next) return [this.#nothing()];
    return next ? [skeleton(3, t('console.loading'))] : [];
  }

  #nothing() {
    const t = this.#t;
    const queue = queueOf(this.#filter);
    if (!narrowings(this.#filter).length && !this.#filter.q)
      return emptyState(sign(queue === 'all' ? 'inbox' : 'party'), t(`console.nothing.${queue}`), t(`console.nothing.${queue}_text`));
    const clear = () => act(this, 'go', { view: { name: 'tickets', filter: queue === 'all' ? {} : { queue } } });
    const button = h('button', { class: 'button', type: 'button', onclick: clear }, t('console.tickets.clear'));
    return emptyState(sign('search'), t('console.tickets.none'), t('console.tickets.none_text'), button);
  }

  /** The ticket `step` places from this one, as far as the list is loaded. @param {{site: string, number: number}} ticket @param {1 | -1} step */
  beside(ticket, step) {
    const { tickets } = this.#feed;
    const at = tickets.findIndex((one) => keyOf(one) === keyOf(ticket));
    if (at + 2 >= tickets.length) this.#feed.more();
    return at < 0 ? null : (tickets[at + step] ?? null);
  }

  /** @param {1 | -1} step */
  step(step) {
    this.#selection.step(step);
  }

  /** @param {boolean} [range] */
  select(range) {
    this.#selection.toggleHere(range);
  }

  /** The row of a ticket that was open gets the focus, if nothing else has it. @param {{site: string, number: number}} ticket */
  pointTo(ticket) {
    if (document.activeElement === document.body || document.activeElement?.id === 'main') this.#selection.focus(keyOf(ticket));
  }

  /**
   * In what is selected, or else where the focus is.
   * @param {TicketChanges} changes
   */
  change(changes) {
    const tickets = this.#selection.tickets.length ? this.#selection.tickets : this.#selection.here();
    return tickets.length ? this.#bulk.change(tickets, changes) : undefined;
  }
}

/**
 * @param {number} count
 * @param {string} words
 */
function skeleton(count, words) {
  const rows = Array.from({ length: count }, (_, at) => h('span', { class: 'bone', style: { '--at': at } }, h('i'), h('i'), h('i'), h('i')));
  return h('div', { class: 'skeleton', role: 'img', 'aria-label': words }, ...rows);
}

customElements.define('mayfly-tickets', TicketList);

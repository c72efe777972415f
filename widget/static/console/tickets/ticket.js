/** `<mayfly-ticket>`: one ticket: what was said, what it is, and what is said next. */

import { h, fill } from '../../shared/dom.js';
import { icon } from '../../shared/icons.js';
import { codeOf, Problem } from '../api.js';
import { act, sign } from '../draw.js';
import { emptyState } from '../empty.js';
import { openPicker } from '../picker.js';
import { draftOf } from './desk-state.js';
import { Answer } from './answer.js';
import { setAsSeen } from './as-seen.js';
import { TicketDetails } from './details.js';
import { showDue } from './due.js';
import { Exchange, isNews } from './exchange.js';
import { avatarOf, priorityMark } from './marks.js';
import { keyOf } from './types.js';

/**
 * @import { Translate } from '../../shared/i18n.js'
 * @import { Api } from '../api.js'
 * @import { SiteConfig } from '../console.js'
 * @import { State } from '../state.js'
 * @import { Insertions } from '../insertions.js'
 * @import { Known } from './known.js'
 * @import { FullTicket, TicketChanges } from './types.js'
 */

/** @typedef {{site: string, number: number}} Which */

/** Links to files are good for an hour. */
const LOOK_AGAIN_MS = 45 * 60_000;

export class TicketView extends HTMLElement {
  #t;
  #locale;
  #api;
  site = '';
  number = 0;
  /** @type {FullTicket | null} */ #ticket = null;
  /** The last entry that was there when the agent came, or that they have dealt with since. */
  #seenEntry = 0;
  /** @type {State | undefined} */ #state;
  /** @type {AbortController | undefined} */ #asking;
  #lookedAt = 0;
  /** The text was asked for before the ticket was here. */
  #focusLater = false;
  #heading = h('h1', { dir: 'auto' });
  #marks = h('p', { class: 'marks' });
  #viewers = h('p', { class: 'viewers', role: 'status', hidden: true });
  #more = h('button', { class: 'icon-button', type: 'button', 'aria-haspopup': 'listbox' });
  #body = h('div', { class: 'page' });
  #left = h('div', { class: 'left' });
  #fault = h('div', { class: 'fault-page', hidden: true });
  #exchange;
  #details;
  #answer;

  /** @param {{t: Translate, locale: string, sites: Record<string, SiteConfig>, teams: Record<string, string>, api: Api, known: Known, insertions: Insertions, me: string}} parts */
  constructor(parts) {
    super();
    this.#t = parts.t;
    this.#locale = parts.locale;
    this.#api = parts.api;
    this.#exchange = new Exchange(parts);
    this.#details = new TicketDetails(parts);
    this.#answer = new Answer(parts);
    this.addEventListener('change-ticket', (event) => void this.change(/** @type {CustomEvent} */ (event).detail));
  }

  connectedCallback() {
    if (this.firstChild) return;
    const t = this.#t;
    const back = h('button', { class: 'icon-button back-to-list', type: 'button', 'aria-label': t('console.tickets.back'), title: `${t('console.tickets.back')} (U)` }, icon('back'));
    back.onclick = () => act(this, 'backToTickets');
    fill(this.#more, sign('dots'));
    this.#more.setAttribute('aria-label', t('console.ticket_page.more'));
    this.#more.onclick = () => this.#offer();
    fill(this.#left, this.#exchange, this.#answer);
    fill(this.#body, this.#left, this.#details);
    const words = h('div', { class: 'words' }, this.#heading, this.#marks);
    this.append(h('header', {}, back, words, this.#viewers, this.#more), this.#body, this.#fault);
  }

  focusText() {
    this.#focusLater = this.#ticket === null;
    if (this.#ticket) this.#answer.focusText();
  }

  /** Nothing can be done to what is not here. @param {boolean} waiting */
  #wait(waiting) {
    this.#answer.inert = waiting;
    this.#details.inert = waiting;
  }

  stop() {
    this.#asking?.abort();
    this.#asking = undefined;
    if (this.hidden || !this.isConnected) this.#forget();
  }

  /** Who comes back sees it as it is then. */
  #forget() {
    this.#ticket = null;
    this.site = '';
  }

  /**
   * @param {State} state
   * @param {Which} view
   * @param {readonly Which[] | null} changed since the last time; null: anything may have
   * @param {number} now ms
   */
  show(state, view, changed, now) {
    this.#state = state;
    const other = this.site !== view.site || this.number !== view.number;
    if (other) this.#open(view);
    else if (changed === null || now - this.#lookedAt > LOOK_AGAIN_MS || changed.some((one) => keyOf(one) === keyOf(view))) this.look();
    this.#showState(now);
  }

  /** @param {Which} which */
  #open({ site, number }) {
    this.site = site;
    this.number = number;
    this.#ticket = null;
    this.#seenEntry = 0;
    this.#fault.hidden = true;
    this.#body.hidden = false;
    this.#more.hidden = true;
    this.#focusLater = false;
    this.#wait(true);
    this.#exchange.clear();
    fill(this.#heading, h('span', { class: 'number' }, `#${number}`));
    fill(this.#marks, this.#t('console.loading'));
    this.look();
  }

  /** Fetches it, and shows what has changed. */
  look() {
    void this.#load();
  }

  async #load() {
    const { site, number } = this;
    this.#lookedAt = Date.now();
    this.#asking?.abort();
    const asking = (this.#asking = new AbortController());
    try {
      const ticket = await this.#api.ticket(site, number, asking.signal);
      if (!asking.signal.aborted) this.#draw(ticket);
    } catch (reason) {
      if (!asking.signal.aborted && !this.#ticket) this.#fail(reason);
    }
  }

  /** @param {unknown} reason */
  #fail(reason) {
    const t = this.#t;
    const gone = reason instanceof Problem && reason.status === 404;
    const retry = h('button', { class: 'button', type: 'button', onclick: () => this.#open(this) }, icon('retry'), t('console.tickets.retry'));
    const back = h('button', { class: 'button', type: 'button', onclick: () => act(this, 'backToTickets') }, icon('back'), t('console.tickets.back'));
    const words = t(gone ? 'console.tickets.not_found' : 'console.ticket_page.failed');
    this.#body.hidden = true;
    this.#fault.hidden = false;
    fill(this.#marks);
    fill(this.#fault, emptyState(gone ? sign('search') : icon('alert'), words, gone ? t('console.ticket_page.not_found_text') : '', gone ? back : retry));
  }

  /** The service's answer to what this agent wrote or set. @param {FullTicket} whole */
  take(whole) {
    if (keyOf(whole) === keyOf(this)) this.#draw(whole, true);
  }

  /**
   * @param {FullTicket} ticket
   * @param {boolean} [own] it answers something of the agent's own
   */
  #draw(ticket, own = false) {
    if (this.#ticket && ticket.version < this.#ticket.version) return;
    const first = this.#ticket === null;
    this.#ticket = ticket;
    if (first) this.#seenEntry = ticket.entries.at(-1)?.id ?? 0;
    const me = this.#state?.agent.name ?? '';
    if (own && !ticket.entries.some((entry) => isNews(entry, this.#seenEntry, me))) this.#seenEntry = ticket.entries.at(-1)?.id ?? 0;
    this.#wait(false);
    this.#fault.hidden = true;
    this.#body.hidden = false;
    this.#more.hidden = false;
    fill(this.#heading, h('span', { class: 'number' }, `#${ticket.number}`), ' ', ticket.subject);
    this.#drawMarks(ticket);
    this.#exchange.show(ticket, { seen: this.#seenEntry, me, first, own });
    this.#details.show(ticket);
    this.#showState(Date.now());
    if (this.#focusLater) this.focusText();
  }

  /** @param {FullTicket} ticket */
  #drawMarks(ticket) {
    const t = this.#t;
    const due = h('span', { class: 'due' });
    const calm = ticket.priority === 'normal' || ticket.priority === 'low';
    fill(
      this.#marks,
      h('span', { class: `badge ${ticket.status}` }, t(`console.status.${ticket.status}`)),
      calm ? null : h('span', { class: 'priority-words' }, priorityMark(ticket.priority), t(`console.priority.${ticket.priority}`)),
      due,
      ticket.merged_into && this.#mergedInto(ticket, ticket.merged_into),
    );
  }

  /**
   * @param {FullTicket} ticket
   * @param {number} number
   */
  #mergedInto({ site }, number) {
    const lead = () => act(this, 'go', { view: { name: 'ticket', site, number } });
    return h('button', { class: 'link', type: 'button', onclick: lead }, this.#t('console.ticket_page.merged', { number: String(number) }));
  }

  /** What changes without the ticket. @param {number} now */
  #showState(now) {
    const state = this.#state;
    const ticket = this.#ticket;
    if (!state) return;
    const { viewers } = state;
    const others = viewers && keyOf(viewers) === keyOf(this) ? viewers.agents.filter(({ id }) => id !== state.agent.id) : [];
    this.#showViewers(others);
    if (!ticket) return;
    const due = this.#marks.querySelector('.due');
    if (due instanceof HTMLElement) showDue(due, ticket.due, now, this.#t, this.#locale);
    const news = ticket.entries.filter((entry) => isNews(entry, this.#seenEntry, state.agent.name));
    this.#answer.me = state.agent.name;
    this.#answer.show(ticket, draftOf(state, ticket), news, () => this.#dealtWith());
  }

  #dealtWith() {
    this.#seenEntry = this.#ticket?.entries.at(-1)?.id ?? 0;
    this.#showState(Date.now());
  }

  /** @param {{id: string, name: string}[]} others */
  #showViewers(others) {
    const shown = JSON.stringify(others);
    if (this.#viewers.dataset.shown === shown) return;
    this.#viewers.dataset.shown = shown;
    this.#viewers.hidden = others.length === 0;
    const names = new Intl.ListFormat(this.#locale, { type: 'conjunction' }).format(others.map(({ name }) => name));
    fill(this.#viewers, ...others.slice(0, 3).map(avatarOf), h('span', {}, others.length ? this.#t('console.ticket_page.viewers', { count: others.length, names }) : ''));
  }

  #offer() {
    const t = this.#t;
    const choices = ['merge', 'copy'].map((value) => ({
      value,
      label: t(`console.ticket_page.${value}`),
      mark: () => (value === 'merge' ? sign('merge') : icon('link')),
    }));
    const pick = (/** @type {string} */ value) => {
      if (value === 'merge') return act(this, 'ask', { dialog: { name: 'merge', site: this.site, number: this.number } });
      void navigator.clipboard?.writeText(location.href).then(() => act(this, 'tell', { key: 'console.ticket_page.copied', tone: 'good' }));
    };
    openPicker(this.#more, { label: t('console.ticket_page.more'), choices, pick }, t);
  }

  /** @param {TicketChanges} changes */
  async change(changes) {
    const ticket = this.#ticket;
    if (!ticket) return;
    this.#details.wait(true);
    try {
      this.take(await setAsSeen(this.#api, ticket, changes));
      act(this, 'tell', { key: 'console.ticket_page.changed', tone: 'good' });
    } catch (reason) {
      act(this, 'tell', { key: `error.${codeOf(reason)}`, tone: 'bad' });
      this.look();
    }
    this.#details.wait(false);
  }
}

customElements.define('mayfly-ticket', TicketView);

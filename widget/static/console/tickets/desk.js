/** `<mayfly-desk>`: the tickets tab: queues, the list, and one ticket. It stays as it was while the agent is elsewhere. */

import { act } from '../draw.js';
import { supervises } from '../state.js';
import { newsSince } from './desk-state.js';
import { TicketList } from './list.js';
import { TicketQueues } from './queues.js';
import { TicketView } from './ticket.js';

/**
 * @import { Translate } from '../../shared/i18n.js'
 * @import { Api } from '../api.js'
 * @import { SiteConfig } from '../console.js'
 * @import { Insertions } from '../insertions.js'
 * @import { State, View } from '../state.js'
 * @import { Known } from './known.js'
 * @import { FullTicket, TicketChanges } from './types.js'
 */

const COUNT_AGAIN_MS = 60_000;
const GATHER_MS = 600;

export class TicketDesk extends HTMLElement {
  /** @type {Translate} */ t = (key) => key;
  locale = 'en';
  /** @type {Record<string, SiteConfig>} */ sites = {};
  /** @type {Record<string, string>} */ teams = {};
  /** @type {Api | undefined} */ api;
  /** @type {Known | undefined} */ known;
  /** @type {Insertions | undefined} */ insertions;
  /** @type {TicketQueues | undefined} */ #queues;
  /** @type {TicketList | undefined} */ #list;
  /** @type {TicketView | undefined} */ #ticket;
  /** @type {View['name'] | ''} */ #shown = '';
  #seen = -1;
  #countedAt = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;

  disconnectedCallback() {
    this.#shown = '';
    this.#ticket?.stop();
    clearTimeout(this.#timer);
  }

  /** @param {State} state */
  #build(state) {
    const { t, locale, sites, teams } = this;
    const api = /** @type {Api} */ (this.api);
    const known = /** @type {Known} */ (this.known);
    const insertions = /** @type {Insertions} */ (this.insertions);
    const parts = { t, locale, sites, teams, api, known, insertions, me: state.agent.id };
    this.#queues = Object.assign(new TicketQueues(), { t, api, known, sites, supervises: supervises(state) });
    this.#list = new TicketList(parts);
    this.#ticket = new TicketView(parts);
    this.append(this.#queues, this.#list, this.#ticket);
    this.addEventListener('saved', () => void this.#queues?.refresh());
    return { queues: this.#queues, list: this.#list, ticket: this.#ticket };
  }

  /**
   * @param {State} state
   * @param {Extract<View, {name: 'tickets' | 'ticket'}>} view
   * @param {number} now ms
   */
  show(state, view, now) {
    const { queues, list, ticket } = this.#queues && this.#list && this.#ticket
      ? { queues: this.#queues, list: this.#list, ticket: this.#ticket }
      : this.#build(state);
    const changed = this.#seen < 0 ? [] : newsSince(state.news, this.#seen);
    const before = this.#shown;
    this.dataset.view = view.name;
    this.#shown = view.name;
    list.hidden = queues.hidden = view.name === 'ticket';
    ticket.hidden = view.name !== 'ticket';
    if (changed === null || changed.length) list.refresh(changed);
    if (view.name === 'tickets') {
      queues.show(view.filter);
      list.show(view.filter, now);
      if (before !== 'tickets') list.comeBack();
      if (before === 'ticket') list.pointTo(ticket);
      ticket.stop();
    } else ticket.show(state, view, changed, now);
    if (this.#seen < 0 || changed === null || changed.length || now - this.#countedAt > COUNT_AGAIN_MS) this.#count(now);
    this.#seen = state.news.version;
  }

  /** Once for many changes. @param {number} now */
  #count(now) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#queues?.refresh(), this.#countedAt ? GATHER_MS : 0);
    this.#countedAt = now;
  }

  focusSearch() {
    this.#list?.focusSearch();
  }

  focusText() {
    this.#ticket?.focusText();
  }

  /** @param {1 | -1} step */
  step(step) {
    if (this.#shown === 'tickets') return this.#list?.step(step);
    const next = this.#ticket && this.#list?.beside(this.#ticket, step);
    if (next) act(this, 'go', { view: { name: 'ticket', site: next.site, number: next.number } });
  }

  /** @param {boolean} [range] */
  select(range) {
    if (this.#shown === 'tickets') this.#list?.select(range);
  }

  /** @param {TicketChanges} changes */
  change(changes) {
    return this.#shown === 'tickets' ? this.#list?.change(changes) : this.#ticket?.change(changes);
  }

  /** The service's answer to what was written. @param {FullTicket} whole */
  take(whole) {
    this.#ticket?.take(whole);
  }

  /** The ticket that is open, as it is now. */
  look() {
    this.#ticket?.look();
  }
}

customElements.define('mayfly-desk', TicketDesk);

/** `<mayfly-ticket-details>`: who asks, and what the ticket is, each of it to be changed where it stands. */

import { h, fill, icon } from '../../shared/dom.js';
import { sign } from '../draw.js';
import { openPicker } from '../picker.js';
import { moment, showDue } from './due.js';
import { avatarOf, peopleChoices, priorityChoices, priorityMark, statusChoices, statusMark, teamChoices } from './marks.js';

/**
 * @import { Child } from '../../shared/dom.js'
 * @import { Translate } from '../../shared/i18n.js'
 * @import { SiteConfig } from '../console.js'
 * @import { Choice } from '../picker.js'
 * @import { Known } from './known.js'
 * @import { FullTicket } from './types.js'
 */

/** @typedef {'status' | 'assignee' | 'team' | 'priority' | 'topic' | 'request_type'} Field */

/** @type {Field[]} */
const FIELDS = ['status', 'assignee', 'team', 'priority', 'topic', 'request_type'];

export class TicketDetails extends HTMLElement {
  #t;
  #locale;
  #sites;
  #teams;
  #known;
  #me;
  /** @type {FullTicket | null} */ #ticket = null;
  #requester = h('section', { class: 'requester' });
  #facts = h('dl', { class: 'facts' });
  #take = h('button', { class: 'button small wide take', type: 'button' });
  #due = h('span', { class: 'due' });
  /** @type {Map<Field, HTMLButtonElement>} */ #buttons = new Map();
  /** @type {Map<Field, HTMLElement>} */ #rows = new Map();

  /** @param {{t: Translate, locale: string, sites: Record<string, SiteConfig>, teams: Record<string, string>, known: Known, me: string}} parts */
  constructor({ t, locale, sites, teams, known, me }) {
    super();
    this.#t = t;
    this.#locale = locale;
    this.#sites = sites;
    this.#teams = teams;
    this.#known = known;
    this.#me = me;
  }

  connectedCallback() {
    if (this.firstChild) return;
    const t = this.#t;
    this.setAttribute('role', 'complementary');
    this.setAttribute('aria-label', t('console.tickets.details'));
    fill(this.#take, sign('user'), t('console.ticket_page.take'), h('kbd', { 'aria-hidden': true }, 'A'));
    this.#take.onclick = () => this.#set('assignee', this.#me);
    const fields = h('dl', { class: 'set' }, ...FIELDS.map((field) => this.#buildField(field)));
    this.append(
      h('details', { open: matchMedia('(min-width: 1001px)').matches }, h('summary', {}, t('console.tickets.details'), icon('chevron')), h('div', { class: 'all' }, this.#requester, fields, this.#take, this.#facts)),
    );
  }

  /** @param {Field} field */
  #buildField(field) {
    const button = h('button', { class: 'value', type: 'button', 'aria-haspopup': 'listbox', onclick: () => this.#choose(field, button) });
    const row = h('div', { 'data-field': field }, h('dt', {}, this.#t(`console.change.${field}`)), h('dd', {}, button));
    this.#buttons.set(field, button);
    this.#rows.set(field, row);
    return row;
  }

  /** @param {boolean} waiting */
  wait(waiting) {
    this.classList.toggle('waiting', waiting);
  }

  /** @param {FullTicket} ticket */
  show(ticket) {
    this.#ticket = ticket;
    const site = this.#sites[ticket.site];
    for (const field of FIELDS) this.#showField(field, ticket);
    this.#rowOf('topic').hidden = !site?.topics.length && !ticket.topic;
    this.#rowOf('request_type').hidden = !site?.request_types.length && !ticket.request_type;
    this.#rowOf('team').hidden = Object.keys(this.#teams).length < 2 && !ticket.team;
    this.#take.hidden = ticket.assignee?.id === this.#me;
    this.#showRequester(ticket);
    this.#showFacts(ticket);
  }

  /** @param {Field} field */
  #rowOf(field) {
    return /** @type {HTMLElement} */ (this.#rows.get(field));
  }

  /**
   * @param {Field} field
   * @param {FullTicket} ticket
   */
  #showField(field, ticket) {
    const t = this.#t;
    const button = /** @type {HTMLButtonElement} */ (this.#buttons.get(field));
    const value = field === 'assignee' ? ticket.assignee?.name : ticket[field];
    const words = !value ? t(`console.change.no_${field}`) : this.#wordsOf(field, value);
    const marks = { status: () => statusMark(ticket.status), priority: () => priorityMark(ticket.priority), assignee: () => avatarOf(ticket.assignee) };
    const mark = field in marks ? marks[/** @type {keyof typeof marks} */ (field)]() : null;
    button.classList.toggle('unset', !value);
    fill(button, h('span', { class: 'visually-hidden' }, `${t(`console.change.${field}`)}: `), mark, h('span', { dir: 'auto' }, words), icon('chevron'));
  }

  /**
   * @param {Field} field
   * @param {string} value
   */
  #wordsOf(field, value) {
    if (field === 'status' || field === 'priority') return this.#t(`console.${field}.${value}`);
    return field === 'team' ? (this.#teams[value] ?? value) : value;
  }

  /**
   * @param {Field} field
   * @param {HTMLElement} anchor
   */
  #choose(field, anchor) {
    const ticket = this.#ticket;
    if (!ticket) return;
    const t = this.#t;
    const search = field === 'assignee' ? t('console.people.search') : undefined;
    const chosen = (field === 'assignee' ? ticket.assignee?.id : ticket[field]) ?? '';
    const pick = (/** @type {string} */ value) => void (value !== chosen && this.#set(field, value || null));
    openPicker(anchor, { label: t(`console.change.${field}`), choices: this.#choicesOf(field, ticket), chosen, search, pick }, t);
  }

  /**
   * @param {Field} field
   * @param {FullTicket} ticket
   * @returns {Choice[] | Promise<Choice[]>}
   */
  #choicesOf(field, ticket) {
    const t = this.#t;
    const site = this.#sites[ticket.site];
    const none = t(`console.change.no_${field}`);
    const plain = (/** @type {string[]} */ values) => [{ value: '', label: none }, ...values.map((value) => ({ value, label: value }))];
    switch (field) {
      case 'status':
        return statusChoices(t);
      case 'priority':
        return priorityChoices(t);
      case 'team':
        return teamChoices(this.#teams);
      case 'topic':
        return plain(site?.topics ?? []);
      case 'request_type':
        return plain(site?.request_types ?? []);
      case 'assignee':
        return peopleChoices(this.#known, this.#teams, this.#me, { value: '', label: none });
    }
  }

  /**
   * @param {Field} field
   * @param {string | null} value
   */
  #set(field, value) {
    this.dispatchEvent(new CustomEvent('change-ticket', { detail: { [field]: value }, bubbles: true }));
  }

  /** @param {FullTicket} ticket */
  #showRequester({ requester: { name, email, phone } }) {
    const t = this.#t;
    fill(
      this.#requester,
      h('h2', {}, t('console.tickets.requester')),
      h('p', { class: 'name', dir: 'auto' }, name || (email || phone ? '' : t('console.tickets.nobody'))),
      email && h('a', { href: `mailto:${email}` }, sign('mail'), h('span', {}, email)),
      phone && h('a', { href: `tel:${phone}` }, sign('phone'), h('span', {}, phone)),
    );
  }

  /** @param {FullTicket} ticket */
  #showFacts(ticket) {
    const t = this.#t;
    showDue(this.#due, ticket.due, Date.now(), t, this.#locale);
    /** @type {[string, Child][]} */
    const rows = [
      [ticket.due ? `console.due.${ticket.due.kind}` : '', ticket.due && h('span', {}, this.#due, ticket.due.at && h('small', {}, moment(ticket.due.at, this.#locale)))],
      ['console.ticket_page.plan', ticket.plan],
      ['console.ticket.importance', ticket.importance],
      ['console.tickets.site', Object.keys(this.#sites).length > 1 ? (this.#sites[ticket.site]?.title ?? ticket.site) : null],
      ['console.ticket_page.browser', ticket.fields.browser],
      ['console.ticket_page.system', ticket.fields.system],
      ['console.tickets.agent', ticket.agent],
      ['console.tickets.created', moment(ticket.created_at, this.#locale)],
      ['console.tickets.updated', ticket.updated_at === ticket.created_at ? null : moment(ticket.updated_at, this.#locale)],
    ];
    fill(this.#facts, ...rows.filter(([, value]) => value).map(([key, value]) => h('div', {}, h('dt', {}, t(key)), h('dd', { dir: 'auto' }, value))));
  }
}

customElements.define('mayfly-ticket-details', TicketDetails);

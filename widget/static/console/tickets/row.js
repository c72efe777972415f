/** One ticket in the list: built once, then only what differs is drawn. */

import { h } from '../../shared/dom.js';
import { formatTime } from '../../shared/i18n.js';
import { act, setText } from '../draw.js';
import { pathOf } from '../route.js';
import { showDue } from './due.js';
import { avatarOf, priorityMark } from './marks.js';

/**
 * @import { Translate } from '../../shared/i18n.js'
 * @import { Ticket } from './types.js'
 */

export class TicketRow extends HTMLElement {
  #t;
  #locale;
  /** @type {Ticket | null} */ #ticket = null;
  check = h('input', { type: 'checkbox' });
  link = h('a', { class: 'subject' });
  #number = h('span', { class: 'number' });
  #subject = h('b', { dir: 'auto' });
  #requester = h('span', { class: 'requester', dir: 'auto' });
  #badge = h('span');
  #priority = h('span', { class: 'priority-cell' });
  #due = h('span', { class: 'due' });
  #assignee = h('span', { class: 'assignee' });
  #time = h('time');

  /**
   * @param {Translate} t
   * @param {string} locale
   */
  constructor(t, locale) {
    super();
    this.#t = t;
    this.#locale = locale;
  }

  connectedCallback() {
    if (this.firstChild) return;
    this.link.append(this.#number, ' ', this.#subject);
    this.append(
      h('label', { class: 'check' }, this.check),
      this.link,
      this.#requester,
      this.#badge,
      this.#priority,
      this.#due,
      this.#assignee,
      this.#time,
    );
    this.link.addEventListener('click', (event) => {
      if (!this.#ticket || event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      const { site, number } = this.#ticket;
      act(this, 'go', { view: { name: 'ticket', site, number } });
    });
  }

  /**
   * @param {Ticket} ticket
   * @param {string} site its title, where there are several
   * @param {number} now ms
   */
  show(ticket, site, now) {
    if (this.#ticket !== ticket) this.#draw(ticket, site);
    this.#ticket = ticket;
    showDue(this.#due, ticket.due, now, this.#t, this.#locale);
    setText(this.#time, formatMoment(ticket.updated_at, this.#locale));
  }

  /**
   * @param {Ticket} ticket
   * @param {string} site
   */
  #draw(ticket, site) {
    const t = this.#t;
    const { requester, assignee } = ticket;
    this.link.href = pathOf({ name: 'ticket', site: ticket.site, number: ticket.number });
    this.dataset.status = ticket.status;
    setText(this.#number, `#${ticket.number}`);
    setText(this.#subject, ticket.subject);
    const who = requester.name || requester.email || requester.phone || t('console.tickets.nobody');
    setText(this.#requester, site ? `${who} · ${site}` : who);
    this.check.setAttribute('aria-label', t('console.tickets.select', { number: String(ticket.number) }));
    setText(this.#badge, t(`console.status.${ticket.status}`));
    this.#badge.className = `badge ${ticket.status}`;
    const priority = t(`console.priority.${ticket.priority}`);
    this.#priority.title = priority;
    this.#priority.replaceChildren(priorityMark(ticket.priority), h('span', { class: 'visually-hidden' }, priority));
    const has = assignee?.name ?? t('console.tickets.unassigned');
    this.#assignee.title = has;
    this.#assignee.replaceChildren(avatarOf(assignee), h('span', { class: 'visually-hidden' }, has));
    this.#time.dateTime = ticket.updated_at;
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

customElements.define('mayfly-ticket-row', TicketRow);

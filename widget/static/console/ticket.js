/** `<mayfly-ticket>`: one ticket with all it holds, and its status to change. */

import { h, fill, icon } from '../shared/dom.js';
import { linkify } from '../shared/linkify.js';
import { Problem } from './api.js';
import { act, sign } from './draw.js';
import { emptyState } from './empty.js';
import { STATUSES } from './tickets.js';

/**
 * @import { Child } from '../shared/dom.js'
 * @import { Translate } from '../shared/i18n.js'
 * @import { Api, FullTicket, TranscriptLine } from './api.js'
 */

export class TicketView extends HTMLElement {
  /** @type {Translate} */ t = (key) => key;
  locale = 'en';
  /** @type {Record<string, {title: string}>} */ sites = {};
  /** @type {Api | undefined} */ api;
  #shown = '';
  #version = -1;
  /** @type {AbortController | undefined} */ #asking;

  disconnectedCallback() {
    this.#asking?.abort();
  }

  /**
   * @param {{site: string, number: number}} which
   * @param {number} version rises when a ticket has changed somewhere
   */
  show({ site, number }, version) {
    const key = `${site}/${number}`;
    if (this.#shown === key && this.#version === version) return;
    if (this.#shown !== key) fill(this, this.#back(), h('p', { class: 'loading' }, this.t('console.loading')));
    this.#shown = key;
    this.#version = version;
    void this.#load(site, number);
  }

  /**
   * @param {string} site
   * @param {number} number
   */
  async #load(site, number) {
    const { t } = this;
    this.#asking?.abort();
    const asking = (this.#asking = new AbortController());
    try {
      const ticket = await /** @type {Api} */ (this.api).ticket(site, number, asking.signal);
      if (!asking.signal.aborted) this.#draw(ticket);
    } catch (reason) {
      if (asking.signal.aborted) return;
      const gone = reason instanceof Problem && reason.status === 404;
      fill(
        this,
        this.#back(),
        emptyState(
          gone ? sign('search') : icon('alert'),
          t(gone ? 'console.tickets.not_found' : 'console.tickets.failed'),
          '',
          gone
            ? null
            : h('button', { class: 'button', type: 'button', onclick: () => this.#load(site, number) }, t('console.tickets.retry')),
        ),
      );
    }
  }

  #back() {
    return h(
      'button',
      { class: 'button small quiet back-to-list', type: 'button', onclick: () => act(this, 'backToTickets') },
      icon('back'),
      this.t('console.tickets.back'),
    );
  }

  /** @param {FullTicket} ticket */
  #draw(ticket) {
    const { t } = this;
    const scrolled = this.querySelector('.scroll')?.scrollTop ?? 0;
    const scroll = h(
      'div',
      { class: 'scroll' },
      h(
        'article',
        {},
        h('header', {}, h('p', { class: 'number' }, `#${ticket.number}`), h('h1', { dir: 'auto' }, ticket.subject)),
        h('p', { class: 'body', dir: 'auto' }, ...linkify(ticket.body)),
        h('section', { class: 'transcript' }, h('h2', {}, t('console.tickets.transcript')), this.#transcript(ticket)),
      ),
      this.#details(ticket),
    );
    fill(this, this.#back(), scroll);
    scroll.scrollTop = scrolled;
  }

  /** @param {FullTicket} ticket */
  #transcript({ transcript, requester }) {
    const { t } = this;
    if (!transcript?.length) return h('p', { class: 'faint' }, t('console.tickets.no_transcript'));
    return h('ol', {}, ...transcript.map((line) => this.#line(line, requester.name)));
  }

  /**
   * @param {TranscriptLine} line
   * @param {string | null} requester
   */
  #line({ author, name, text, at }, requester) {
    const { t } = this;
    if (author === 'system') return h('li', { class: 'system' }, t(`console.system.${text}`, { name: name ?? '' }));
    const who = author === 'visitor' ? (requester ?? t('console.chats.visitor')) : (name ?? '');
    return h(
      'li',
      { class: author },
      h('p', { class: 'who' }, h('b', {}, who), this.#moment(at)),
      h('p', { class: 'text', dir: 'auto' }, ...linkify(text)),
    );
  }

  /** @param {FullTicket} ticket */
  #details(ticket) {
    const { t } = this;
    const { name, email, phone } = ticket.requester;
    const select = h(
      'select',
      { id: 'ticket-status', class: ticket.status, onchange: () => void this.#setStatus(ticket, select) },
      ...STATUSES.map((status) => h('option', { value: status, selected: status === ticket.status }, t(`console.status.${status}`))),
    );
    /** @type {[string, Child][]} */
    const rows = [
      ['console.tickets.requester', name || (!email && !phone) ? h('span', {}, name || t('console.tickets.nobody')) : null],
      ['console.ticket.email', email && h('a', { href: `mailto:${email}` }, email)],
      ['console.ticket.phone', phone && h('a', { href: `tel:${phone}` }, phone)],
      ['console.ticket.topic', ticket.topic],
      ['console.ticket.request_type', ticket.request_type],
      ['console.ticket.importance', ticket.importance],
      ['console.tickets.site', this.sites[ticket.site]?.title ?? ticket.site],
      ['console.tickets.agent', ticket.agent],
      ['console.tickets.created', this.#moment(ticket.created_at)],
      ['console.tickets.updated', ticket.updated_at === ticket.created_at ? null : this.#moment(ticket.updated_at)],
    ];
    return h(
      'aside',
      { 'aria-label': t('console.tickets.details') },
      h('div', { class: 'field' }, h('label', { for: 'ticket-status' }, t('console.tickets.status')), select),
      h(
        'dl',
        {},
        ...rows.filter(([, value]) => value).map(([key, value]) => h('div', {}, h('dt', {}, t(key)), h('dd', { dir: 'auto' }, value))),
      ),
    );
  }

  /**
   * @param {FullTicket} ticket
   * @param {HTMLSelectElement} select
   */
  async #setStatus({ site, number, status }, select) {
    select.disabled = true;
    try {
      await /** @type {Api} */ (this.api).changeTicket(site, number, { status: select.value });
      select.className = select.value;
      act(this, 'tell', { key: 'console.tickets.changed', tone: 'good' });
    } catch (reason) {
      select.value = status;
      act(this, 'tell', { key: `error.${reason instanceof Problem ? reason.code : 'unavailable'}`, tone: 'bad' });
    } finally {
      select.disabled = false;
    }
  }

  /** @param {string} at */
  #moment(at) {
    return h('time', { dateTime: at }, new Date(at).toLocaleString(this.locale, { dateStyle: 'medium', timeStyle: 'short' }));
  }
}

customElements.define('mayfly-ticket', TicketView);

/** `<mayfly-exchange>`: everything that was said and done in a ticket, in order: answers, notes among agents, and quiet lines for changes. */

import { h, fill, initials } from '../../shared/dom.js';
import { linkify } from '../../shared/linkify.js';
import { withPicture } from '../../shared/preview.js';
import { Rows, sign, tint } from '../draw.js';
import { fileChip } from './attachment.js';
import { moment } from './due.js';
import { formatMoment } from './row.js';

/**
 * @import { Child } from '../../shared/dom.js'
 * @import { Translate } from '../../shared/i18n.js'
 * @import { SiteConfig } from '../console.js'
 * @import { Change, Entry, FullTicket, KeptFile, TranscriptLine } from './types.js'
 */

const VALUES = ['status', 'priority'];
const ABOUT_DEVICE = ['browser', 'system'];

export class Exchange extends HTMLElement {
  #t;
  #locale;
  #sites;
  #teams;
  #request = h('article', { class: 'entry customer request' });
  #list = h('ol', { class: 'entries' });
  #live = h('p', { class: 'visually-hidden', role: 'log' });
  /** @type {FullTicket | null} */ #ticket = null;
  /** @type {Rows<Entry, HTMLElement>} */ #rows = new Rows(
    this.#list,
    ({ id }) => String(id),
    (entry) => this.#build(entry),
  );

  /** @param {{t: Translate, locale: string, sites: Record<string, SiteConfig>, teams: Record<string, string>}} parts */
  constructor({ t, locale, sites, teams }) {
    super();
    this.#t = t;
    this.#locale = locale;
    this.#sites = sites;
    this.#teams = teams;
  }

  connectedCallback() {
    if (this.firstChild) return;
    this.tabIndex = 0;
    this.setAttribute('role', 'region');
    this.setAttribute('aria-label', this.#t('console.ticket_page.exchange'));
    this.append(h('div', { class: 'column' }, this.#request, this.#list), this.#live);
  }

  clear() {
    this.#ticket = null;
    this.#rows.show([]);
    fill(this.#request, ...Array.from({ length: 4 }, () => h('span', { class: 'bone line' })));
  }

  /**
   * @param {FullTicket} ticket
   * @param {{seen: number, me: string, first: boolean, own: boolean}} how `seen`: the last entry the agent has dealt with
   */
  show(ticket, { seen, me, first, own }) {
    const atEnd = this.scrollHeight - this.scrollTop - this.clientHeight < 80;
    this.#ticket = ticket;
    if (first) this.#drawRequest(ticket);
    this.#rows.show(ticket.entries, (row, entry) => {
      row.classList.toggle('news', isNews(entry, seen, me));
      renewLink(row, entry.file);
    });
    renewLink(this.#request, ticket.file);
    const last = ticket.entries.at(-1);
    if (!first && last && isNews(last, seen, me)) this.#live.textContent = this.#said(last);
    if (first || own || atEnd) this.scrollTop = this.scrollHeight;
  }

  /** For who does not see it. @param {Entry} entry */
  #said({ name, kind, text }) {
    return this.#t(`console.ticket_page.heard_${kind}`, { name: name ?? '', text: text ?? '' });
  }

  /** @param {FullTicket} ticket */
  #drawRequest(ticket) {
    const t = this.#t;
    const { requester, transcript, agent, channel } = ticket;
    const customer = requester.name || requester.email || requester.phone || t('console.tickets.nobody');
    const side = channel === 'desk' ? 'agent' : 'customer';
    const who = side === 'agent' ? (agent ?? t('console.ticket_page.service')) : customer;
    const how = t(`console.channel.${channel}`, { name: agent ?? '' });
    const labels = this.#sites[ticket.site]?.fields ?? {};
    const fields = Object.entries(ticket.fields).filter(([name]) => !ABOUT_DEVICE.includes(name));
    this.#request.className = `entry ${side} request`;
    fill(
      this.#request,
      this.#head(who, how, ticket.created_at, side),
      h('p', { class: 'text', dir: 'auto' }, ...linkify(ticket.body)),
      fields.length > 0 &&
        h('dl', { class: 'fields' }, ...fields.map(([name, value]) => h('div', {}, h('dt', {}, labels[name] ?? name), h('dd', { dir: 'auto' }, value)))),
      ticket.file && withPicture(ticket.file, fileChip(ticket.file, t, this.#locale), t),
      transcript?.length ? this.#transcript(transcript, customer) : null,
    );
  }

  /**
   * @param {TranscriptLine[]} transcript
   * @param {string} requester
   */
  #transcript(transcript, requester) {
    const t = this.#t;
    const lines = transcript.map(({ author, name, text, at }) => {
      if (author === 'system') return h('li', { class: 'system' }, t(`console.system.${text}`, { name: name ?? '' }));
      const who = author === 'visitor' ? requester : (name ?? '');
      return h('li', { class: author }, h('p', { class: 'who' }, h('b', {}, who), this.#time(at)), h('p', { class: 'text', dir: 'auto' }, ...linkify(text)));
    });
    return h(
      'details',
      { class: 'transcript', open: transcript.length <= 12 },
      h('summary', {}, t('console.tickets.transcript'), h('span', { class: 'count' }, String(transcript.length))),
      h('ol', {}, ...lines),
    );
  }

  /** @param {Entry} entry */
  #build(entry) {
    const t = this.#t;
    if (entry.kind === 'change') return h('li', { class: 'change' }, this.#changes(entry, true));
    const side = entry.kind === 'note' ? 'note' : entry.author;
    const who = entry.name || (entry.author === 'customer' ? (this.#ticket?.requester.name ?? t('console.tickets.nobody')) : t('console.ticket_page.service'));
    const how = entry.kind === 'note' ? t('console.ticket_page.note') : '';
    return h(
      'li',
      {},
      h(
        'article',
        { class: `entry ${side}` },
        this.#head(who, how, entry.created_at, side),
        entry.text && h('p', { class: 'text', dir: 'auto' }, ...linkify(entry.text)),
        entry.file && withPicture(entry.file, fileChip(entry.file, t, this.#locale), t),
      ),
      entry.changes.length > 0 && h('div', { class: 'change' }, this.#changes(entry, false)),
    );
  }

  /**
   * @param {string} who
   * @param {string} how
   * @param {string} at
   * @param {string} side
   */
  #head(who, how, at, side) {
    const mark = side === 'note' ? h('span', { class: 'avatar', 'aria-hidden': true }, sign('note')) : h('span', { class: `avatar ${tint(who)}`, 'aria-hidden': true }, initials(who));
    return h('header', {}, mark, h('b', { dir: 'auto' }, who), how && h('span', { class: 'how' }, how), this.#time(at));
  }

  /** @param {string} at */
  #time(at) {
    return h('time', { dateTime: at, title: moment(at, this.#locale) }, formatMoment(at, this.#locale));
  }

  /**
   * Who set what to what.
   * @param {Entry} entry
   * @param {boolean} named
   */
  #changes({ name, author, changes, created_at: at }, named) {
    const t = this.#t;
    const who = name || t(author === 'customer' ? 'console.ticket_page.customer' : 'console.ticket_page.service');
    const said = changes.flatMap((change, index) => [index > 0 ? ', ' : null, ...this.#change(change)]);
    return h('p', {}, named && h('b', { dir: 'auto' }, who), named && ' ', ...said, ' ', this.#time(at));
  }

  /**
   * @param {Change} change
   * @returns {Child[]}
   */
  #change({ field, old, new: now }) {
    const t = this.#t;
    if (field === 'merged_into' || field === 'merged')
      return [t(`console.change.${field}${now === null ? '_undone' : ''}`, { number: String(now ?? old ?? '') })];
    const words = (/** @type {string | null} */ value) => (value === null ? t(`console.change.no_${field}`) : this.#valueOf(field, value));
    return [`${t(`console.change.${field}`)}: `, h('span', { class: 'old' }, words(old)), h('span', { class: 'visually-hidden' }, ` ${t('console.change.to')} `), h('span', { class: 'arrow', 'aria-hidden': true }, ' → '), h('b', {}, words(now))];
  }

  /**
   * @param {string} field
   * @param {string} value
   */
  #valueOf(field, value) {
    if (VALUES.includes(field)) return this.#t(`console.${field}.${value}`);
    return field === 'team' ? (this.#teams[value] ?? value) : value;
  }
}

/**
 * Links to files are good for a time only.
 * @param {HTMLElement} within
 * @param {KeptFile | null} file
 */
function renewLink(within, file) {
  const link = within.querySelector('a.file');
  if (link instanceof HTMLAnchorElement && file?.link) link.href = file.link;
}

/**
 * Whether an entry is somebody else's and came after what this agent has dealt with.
 * @param {Entry} entry
 * @param {number} seen
 * @param {string} me the agent's name
 */
export function isNews(entry, seen, me) {
  return entry.id > seen && !(entry.author === 'agent' && entry.name === me);
}

customElements.define('mayfly-exchange', Exchange);

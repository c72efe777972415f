/** `<mayfly-merge-form>`: this ticket becomes part of another, which is looked for by its number or words; both are shown before. */

import { h, fill } from '../../shared/dom.js';
import { icon } from '../../shared/icons.js';
import { newRef } from '../../shared/pending.js';
import { codeOf, wordsOf } from '../api.js';
import { act, setText, sign } from '../draw.js';
import { formatMoment } from '../tickets/row.js';
import { formHead } from './form-parts.js';

/**
 * @import { Translate } from '../../shared/i18n.js'
 * @import { Api } from '../api.js'
 * @import { Ticket } from '../tickets/types.js'
 */

const SEARCH_AFTER_MS = 250;
const SHOWN = 8;
const MOST_PAGES = 5;

export class MergeForm extends HTMLElement {
  #parts;
  #which;
  #ref = newRef();
  /** @type {Ticket | null} */ #from = null;
  /** @type {Ticket | null} */ #into = null;
  /** @type {AbortController | undefined} */ #asking;
  /** @type {AbortController | undefined} */ #comparing;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;
  #search = h('input', { type: 'search', maxLength: 200, autocomplete: 'off', 'data-first': '' });
  #found = h('ul', { class: 'found' });
  #status = h('p', { class: 'none', role: 'status' });
  #pair = h('div', { class: 'pair' });
  #others = h('p', { class: 'warning', hidden: true });
  #fault = h('p', { class: 'fault', role: 'alert', hidden: true });
  #submit = h('button', { class: 'button primary', type: 'submit', disabled: true });

  /**
   * @param {{t: Translate, locale: string, api: Api}} parts
   * @param {{site: string, number: number}} which
   */
  constructor(parts, which) {
    super();
    this.#parts = parts;
    this.#which = which;
    const { t } = parts;
    this.#search.placeholder = t('console.merge.search');
    this.#search.setAttribute('aria-label', t('console.merge.search'));
    this.#search.oninput = () => this.#typed();
    fill(this.#others, icon('alert'), t('console.merge.others'));
    fill(this.#submit, sign('merge'), t('console.merge.submit'));
    const cancel = h('button', { class: 'button quiet', type: 'button', onclick: () => act(this, 'ask', { dialog: null }) }, t('console.form.cancel'));
    const form = h(
      'form',
      { noValidate: true },
      formHead(t('console.merge.title', { number: String(which.number) }), t('console.merge.text'), this, t),
      h('div', { class: 'fields' }, this.#pair, this.#others, h('label', { class: 'search' }, sign('search'), this.#search), this.#found, this.#status),
      h('footer', {}, this.#fault, cancel, this.#submit),
    );
    form.onsubmit = (event) => {
      event.preventDefault();
      void this.#merge();
    };
    this.append(form);
  }

  connectedCallback() {
    void this.#load();
  }

  disconnectedCallback() {
    this.#asking?.abort();
    this.#comparing?.abort();
    clearTimeout(this.#timer);
  }

  async #load() {
    try {
      this.#from = await this.#parts.api.ticket(this.#which.site, this.#which.number);
      this.#showPair();
      if (!this.#search.value) await this.#find(this.#from.requester.email ?? this.#from.requester.name ?? '');
    } catch (reason) {
      this.#tell(`error.${codeOf(reason)}`);
    }
  }

  #typed() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#find(this.#search.value.trim()), SEARCH_AFTER_MS);
  }

  /** @param {string} q */
  async #find(q) {
    const { t, api } = this.#parts;
    this.#asking?.abort();
    const asking = (this.#asking = new AbortController());
    if (!q) return void (fill(this.#found), setText(this.#status, ''));
    try {
      /** @type {Ticket[]} */ const others = [];
      /** @type {string | null} */ let cursor = null;
      for (let page = 0; page < MOST_PAGES && others.length < SHOWN && (page === 0 || cursor); page++) {
        const found = await api.tickets({ site: this.#which.site, q }, cursor, asking.signal);
        others.push(...found.tickets.filter(({ number }) => number !== this.#which.number));
        cursor = found.next;
      }
      if (asking.signal.aborted) return;
      others.splice(SHOWN);
      fill(this.#found, ...others.map((ticket) => h('li', {}, this.#offer(ticket))));
      setText(this.#status, others.length ? '' : t('console.merge.none'));
    } catch (reason) {
      if (!asking.signal.aborted) setText(this.#status, t(`error.${codeOf(reason)}`));
    }
  }

  /** @param {Ticket} ticket */
  #offer(ticket) {
    const button = h('button', { type: 'button', class: 'offered-ticket', 'aria-pressed': false, onclick: () => this.#choose(ticket, button) }, ...this.#drawn(ticket));
    return button;
  }

  /**
   * @param {Ticket} ticket
   * @param {HTMLElement} button
   */
  #choose(ticket, button) {
    for (const each of this.#found.querySelectorAll('button')) each.setAttribute('aria-pressed', String(each === button));
    this.#into = ticket;
    this.#others.hidden = true;
    this.#submit.disabled = true;
    this.#tell('');
    this.#showPair();
    void this.#compare(ticket.number);
  }

  /** The service knows whether both are the same requester's. @param {number} into */
  async #compare(into) {
    const { site, number } = this.#which;
    this.#comparing?.abort();
    const comparing = (this.#comparing = new AbortController());
    try {
      const { same_requester: same } = await this.#parts.api.compareTickets(site, number, into, comparing.signal);
      if (comparing.signal.aborted) return;
      this.#others.hidden = same;
      this.#submit.disabled = false;
    } catch (reason) {
      if (!comparing.signal.aborted) this.#tell(`error.${codeOf(reason)}`, wordsOf(reason));
    }
  }

  /** @param {Ticket} ticket */
  #drawn({ number, subject, status, requester, updated_at: at }) {
    const { t, locale } = this.#parts;
    const who = requester.name || requester.email || requester.phone || t('console.tickets.nobody');
    return [
      h('span', { class: 'words' }, h('b', { dir: 'auto' }, `#${number} ${subject}`), h('small', { dir: 'auto' }, `${who} · ${formatMoment(at, locale)}`)),
      h('span', { class: `badge ${status}` }, t(`console.status.${status}`)),
    ];
  }

  #showPair() {
    const { t } = this.#parts;
    const card = (/** @type {Ticket | null} */ ticket, /** @type {string} */ key) =>
      h('div', { class: ticket ? 'side' : 'side missing' }, h('small', {}, t(key)), ...(ticket ? this.#drawn(ticket) : [h('p', {}, t('console.merge.choose'))]));
    fill(this.#pair, card(this.#from, 'console.merge.from'), icon('down'), card(this.#into, 'console.merge.into'));
  }

  async #merge() {
    const { api } = this.#parts;
    const into = this.#into;
    if (!into) return;
    this.#submit.disabled = true;
    try {
      const { site, number } = await api.mergeTicket(this.#which.site, this.#which.number, into.number, this.#ref);
      act(this, 'tell', { key: 'console.merge.done', tone: 'good', params: { from: String(this.#which.number), into: String(number) } });
      act(this, 'go', { view: { name: 'ticket', site, number } });
      act(this, 'ask', { dialog: null });
    } catch (reason) {
      this.#submit.disabled = false;
      this.#tell(`error.${codeOf(reason)}`, wordsOf(reason));
    }
  }

  /**
   * @param {string} key
   * @param {string} [words] the service's own, if it has any
   */
  #tell(key, words = '') {
    this.#fault.hidden = !key;
    setText(this.#fault, words || (key && this.#parts.t(key)));
  }
}

customElements.define('mayfly-merge-form', MergeForm);

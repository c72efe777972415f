import { Problem } from '../shared/desk.js';
import { h, fill } from '../shared/dom.js';
import { icon } from '../shared/icons.js';
import { badge } from '../shared/exchange.js';
import { shortly } from '../shared/moments.js';
import { RequestFilter } from './request-filter.js';

/** @typedef {import('../shared/desk.js').Summary} Summary */

const WAITS_ROWS = 4;

/** `<mayfly-request-list>`: a page of requests, and the next when asked for. Dispatches `choose` with a number. */
export class RequestList extends HTMLElement {
  /** @type {import('./context.js').Context} */ context = /** @type {any} */ (null);
  /** @type {(filter: import('../shared/desk.js').Filter) => Promise<{tickets: Summary[], next: string | null}>} */ read = async () => ({ tickets: [], next: null });
  /** @type {Summary[]} */ #tickets = [];
  /** @type {string | null} */ #next = null;
  #attempt = 0;
  #failed = false;
  #filter = new RequestFilter();
  #rows = h('ol', { class: 'request-rows', tabIndex: -1 });
  #more = h('button', { class: 'button wide', type: 'button', hidden: true, onclick: () => this.#fetch(this.#next) });
  #instead = h('div', { class: 'requests-empty', hidden: true });
  #said = h('p', { class: 'visually-hidden', role: 'status' });

  connectedCallback() {
    addEventListener('online', this.#online);
    if (this.firstChild) return;
    const { t } = this.context;
    this.#filter.context = this.context;
    this.#filter.addEventListener('filter', () => this.load());
    this.#rows.setAttribute('aria-label', t('panel.requests'));
    fill(this.#more, t('requests.more'));
    this.append(this.#filter, this.#rows, this.#instead, this.#more, this.#said);
  }

  disconnectedCallback() {
    removeEventListener('online', this.#online);
  }

  /** Forgets what it showed, and the filter. */
  begin() {
    this.#tickets = [];
    this.#next = null;
    this.#filter.reset();
    this.load();
  }

  /** Reads the list from its beginning. */
  load() {
    void this.#fetch(null);
  }

  /** What has become of a request that was looked at. @param {Summary} ticket */
  update({ number, status, subject, topic, created_at, updated_at }) {
    this.#tickets = this.#tickets.map((one) => (one.number === number ? { number, status, subject, topic, created_at, updated_at } : one));
    this.#draw();
  }

  focusList() {
    this.#rows.focus({ preventScroll: true });
  }

  /** @param {number} number */
  focusRow(number) {
    const row = this.#rows.querySelector(`[data-number="${number}"]`);
    if (row instanceof HTMLElement) row.focus();
    else this.focusList();
  }

  /** @param {string | null} cursor */
  async #fetch(cursor) {
    const attempt = (this.#attempt += 1);
    this.#failed = false;
    if (!cursor && !this.#tickets.length) this.#wait();
    this.#rows.setAttribute('aria-busy', 'true');
    this.#more.disabled = true;
    try {
      const { tickets, next } = await this.read({ ...this.#filter.value, ...(cursor && { cursor }) });
      if (attempt !== this.#attempt) return; // another filter has been chosen meanwhile
      const known = new Set(tickets.map(({ number }) => number));
      this.#tickets = cursor ? [...this.#tickets.filter(({ number }) => !known.has(number)), ...tickets] : tickets;
      this.#next = next;
      this.#draw();
      fill(this.#said, this.context.t('requests.shown', { count: this.#tickets.length }));
      const fresh = cursor && tickets[0];
      if (fresh) this.focusRow(fresh.number);
    } catch (fault) {
      if (attempt === this.#attempt) this.#fail(fault instanceof Problem ? fault.code : 'internal');
    } finally {
      this.#rows.removeAttribute('aria-busy');
      this.#more.disabled = false;
    }
  }

  #wait() {
    this.#instead.hidden = true;
    this.#rows.classList.add('waits');
    fill(this.#rows, ...Array.from({ length: WAITS_ROWS }, () => h('li', { class: 'skeleton', 'aria-hidden': true }, h('i'), h('i'))));
  }

  #draw() {
    const { t } = this.context;
    const empty = !this.#tickets.length;
    this.#rows.classList.remove('waits');
    fill(this.#rows, ...this.#tickets.map((ticket) => this.#row(ticket)));
    this.#filter.hidden = empty && !this.#filter.active;
    this.#more.hidden = !this.#next;
    this.#instead.hidden = !empty;
    if (!empty) return;
    const clear = h('button', { class: 'button small', type: 'button', onclick: () => this.#filter.clear() }, t('requests.clear'));
    if (this.#filter.active) fill(this.#instead, h('h2', {}, t('requests.none_such')), clear);
    else fill(this.#instead, h('div', { class: 'seal calm', 'aria-hidden': true }, icon('ticket')), h('h2', {}, t('requests.none')), h('p', {}, t('requests.none_text')));
  }

  /** @param {Summary} ticket */
  #row({ number, subject, topic, status, updated_at }) {
    const { t, named, locale } = this.context;
    const date = new Date(updated_at);
    const choose = () => this.dispatchEvent(new CustomEvent('choose', { detail: number }));
    return h(
      'li',
      {},
      h(
        'button',
        { class: 'request-row', type: 'button', 'data-number': number, onclick: choose },
        h('span', { class: 'what' }, h('b', { dir: 'auto' }, subject), h('span', { class: 'more' }, h('span', {}, `#${number}`), topic && h('span', { dir: 'auto' }, named(topic)))),
        h('span', { class: 'state' }, badge(status, t), h('time', { dateTime: updated_at, title: t('requests.updated', { at: date.toLocaleString(locale, { dateStyle: 'long', timeStyle: 'short' }) }) }, shortly(date, locale, Date.now()))),
        icon('chevron'),
      ),
    );
  }

  /** What was shown before stays, with what is wrong above it. @param {string} code */
  #fail(code) {
    const { t } = this.context;
    this.#failed = true;
    if (this.#rows.classList.contains('waits')) fill(this.#rows);
    this.#rows.classList.remove('waits');
    this.#instead.hidden = false;
    fill(
      this.#instead,
      h('div', { class: 'requests-fault', role: 'alert' }, icon('alert'), h('p', {}, t(code === 'offline' ? 'requests.offline' : `error.${code}`))),
      h('button', { class: 'button small', type: 'button', onclick: () => this.load() }, icon('retry'), t('notice.try_again')),
    );
  }

  #online = () => this.#failed && this.load();
}

customElements.define('mayfly-request-list', RequestList);

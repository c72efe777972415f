import { Desk, Problem } from '../shared/desk.js';
import { h, fill } from '../shared/dom.js';
import { icon } from '../shared/icons.js';
import { RequestView } from '../shared/request.js';
import { Access } from './access.js';
import { ask, claimsOf } from './context.js';
import { openHelpHere } from './help-links.js';
import { RequestList } from './request-list.js';

/** `<mayfly-requests>`: the visitor's own requests, and one of them with all that was said. */
export class Requests extends HTMLElement {
  /** @type {import('./context.js').Context} */ context = /** @type {any} */ (null);
  /** @type {Desk} */ #desk = /** @type {any} */ (null);
  #list = new RequestList();
  #access = new Access();
  #one = h('div', { class: 'request-one', hidden: true });
  #home = h('div', { class: 'requests-home' });
  #who = '';
  /** @type {number | null} */ #reading = null;
  /** @type {import('./model.js').State['ticket']} */ #filed = null;
  /** @type {{number: number} | null} */ #news = null;
  /** @type {import('./model.js').State | null} */ #state = null;
  #open = true;

  connectedCallback() {
    const { t, config } = this.context;
    this.#desk = new Desk(config.site, () => this.#bearer);
    this.#list.context = this.#access.context = this.context;
    this.#list.read = (filter) => this.#readList(filter);
    this.#access.desk = this.#desk;
    this.#list.addEventListener('choose', (event) => ask(this, { do: 'go', screen: 'requests', reading: /** @type {CustomEvent} */ (event).detail }));
    this.#access.addEventListener('access', () => this.#meet());
    const add = h('button', { class: 'button primary wide', type: 'button', onclick: () => ask(this, { do: 'go', screen: 'ticket' }) }, icon('ticket'), t('requests.new'));
    fill(this.#home, this.#list, this.#access, h('div', { class: 'requests-foot' }, add));
    this.append(this.#home, this.#one);
    openHelpHere(this.#one, this.context, () => this.#state);
  }

  /** @param {import('./model.js').State} state */
  render(state) {
    const { screen, reading: read, ticket, open, news } = state;
    if (screen !== 'requests') return; // another view is on its way
    this.#state = state;
    const reading = Number(read) || null;
    const other = this.#who !== String(this.#bearer);
    const stale = ticket !== this.#filed || news !== this.#news || (open && !this.#open && reading === null);
    if (news !== this.#news) this.#view?.look();
    this.#news = news;
    this.#filed = ticket;
    this.#open = open;
    if (other) this.#meet();
    else if (stale) this.#list.load();
    if (reading !== this.#reading) this.#turn(reading);
  }

  focusFirst() {
    if (this.#view) this.#view.focusFirst();
    else this.#list.focusList();
  }

  /** The request that is open. */
  get #view() {
    const view = this.#one.querySelector('mayfly-request');
    return view instanceof RequestView ? view : null;
  }

  /** Who is signed in at the site sees what is theirs, and nothing that somebody else has filed in this tab. */
  get #bearer() {
    return this.#known ? this.context.identity() : (this.context.keep.get('access')?.token ?? null);
  }

  get #known() {
    return !!claimsOf(this.context.identity()).sub;
  }

  /** Somebody else is here, who sees nothing of what was shown before. */
  #meet() {
    this.#who = String(this.#bearer);
    this.#access.render();
    this.#list.begin();
    if (this.#reading !== null) void this.#bring(this.#reading);
  }

  /** @param {import('../shared/desk.js').Filter} filter */
  async #readList(filter) {
    if (!this.#bearer) return { tickets: await this.#readTabs(filter), next: null };
    try {
      return await this.#desk.list(filter);
    } catch (fault) {
      if (fault instanceof Problem && fault.code.startsWith('identity_') && !this.context.identity()) this.#access.forget();
      throw fault;
    }
  }

  /** Those filed in this tab, which has their keys. @param {import('../shared/desk.js').Filter} filter */
  async #readTabs({ status, topic, from, to }) {
    const keys = Object.entries(/** @type {Record<string, string>} */ (this.context.keep.get('requests') ?? {}));
    const found = await Promise.all(
      keys.map(async ([number, key]) => {
        try {
          return await this.#desk.read(Number(number), key);
        } catch (fault) {
          if (fault instanceof Problem && fault.code === 'not_found') return null;
          throw fault;
        }
      }),
    );
    return found
      .filter((ticket) => ticket !== null)
      .filter((ticket) => (!status || ticket.status === status) && (!topic || ticket.topic === topic))
      .filter(({ created_at }) => (!from || Date.parse(created_at) >= Date.parse(from)) && (!to || Date.parse(created_at) < Date.parse(to)))
      .sort((a, b) => Date.parse(b.updated_at) - Date.parse(a.updated_at));
  }

  /** @param {number | null} reading */
  #turn(reading) {
    const before = this.#reading;
    this.#reading = reading;
    this.#home.hidden = reading !== null;
    this.#one.hidden = reading === null;
    if (reading !== null) return void this.#bring(reading);
    fill(this.#one);
    if (before !== null) this.#list.focusRow(before);
  }

  /** @param {number} number */
  async #bring(number) {
    const { t, named, locale, config, keep } = this.context;
    const view = new RequestView();
    const labels = Object.fromEntries(config.fields.map(({ name, label }) => [name, label]));
    const key = this.#known ? null : (keep.get('requests')?.[number] ?? null);
    Object.assign(view, { desk: this.#desk, number, key, keep, limits: config.files, site: config.site, reading: { t, named, locale, labels, unfolded: false, heading: 'h2' } });
    view.addEventListener('request', (event) => this.#list.update(/** @type {CustomEvent} */ (event).detail.ticket));
    view.addEventListener('merged', (event) => ask(this, { do: 'go', screen: 'requests', reading: /** @type {CustomEvent} */ (event).detail }));
    const wait = h('div', { class: 'skeleton', role: 'status', 'aria-label': t('requests.loading') }, h('i'), h('i'), h('i'));
    fill(this.#one, wait, view);
    try {
      await view.load();
      wait.remove();
      if (this.#reading === number && !this.context.touch) view.focusFirst();
    } catch (fault) {
      if (this.#reading !== number) return;
      const code = fault instanceof Problem ? fault.code : 'internal';
      const retry = h('button', { class: 'button small', type: 'button', onclick: () => this.#bring(number) }, icon('retry'), t('notice.try_again'));
      fill(this.#one, h('div', { class: 'requests-fault', role: 'alert' }, icon('alert'), h('p', {}, t(code === 'offline' ? 'requests.offline' : `error.${code}`)), retry));
    }
  }
}

customElements.define('mayfly-requests', Requests);

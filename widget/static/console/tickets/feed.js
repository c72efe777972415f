/**
 * The list as far as it is loaded, page by page. It asks for more when it is told to, and looks again at what has changed without
 * losing the reader's place. Knows nothing of the screen; fires `change`.
 *
 * @import { Api } from '../api.js'
 * @import { Filter } from './filter.js'
 * @import { Page, Ticket } from './types.js'
 */

import { keyOf } from './types.js';

const GATHER_MS = 250;
const PAGE = 50; // rows, as the service counts
const MOST_PAGES = 10;

/** @typedef {ReadonlySet<string> | null} Keys of tickets; null: of any */

/** @type {Keys} */
const NOTHING = new Set();

export class Feed extends EventTarget {
  /** @type {readonly Ticket[]} */ tickets = [];
  /** @type {ReadonlySet<string>} keys of those that came by themselves with the last look */ fresh = new Set();
  /** @type {'loading' | 'more' | 'ready' | 'failed'} */ state = 'loading';
  /** @type {string | null} */ next = null;
  #api;
  /** @type {Filter} */ #filter = {};
  #pages = 0;
  /** @type {AbortController} */ #asking = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;
  /** @type {Keys} what has changed and was not looked at */ #stale = NOTHING;
  /** @type {Keys} what is being looked at; it is stale again if that comes to nothing */ #looking = NOTHING;

  /** @param {Api} api */
  constructor(api) {
    super();
    this.#api = api;
  }

  /** @param {Filter} filter */
  open(filter) {
    this.#filter = filter;
    this.tickets = [];
    this.next = null;
    this.#stale = this.#looking = NOTHING;
    return this.#load(null, 'loading');
  }

  /** The next page, if there is one and none is on its way. */
  more() {
    if (this.state === 'ready' && this.next) void this.#load(this.next, 'more');
  }

  /** After a failure. */
  retry() {
    return this.#load(this.tickets.length ? this.next : null, this.tickets.length ? 'more' : 'loading');
  }

  /** @param {readonly {site: string, number: number}[] | null} changed null: anything may have */
  refresh(changed) {
    this.#stale = both(this.#stale, changed && new Set(changed.map(keyOf)));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#lookAgain(), GATHER_MS);
  }

  stop() {
    this.#asking.abort();
    clearTimeout(this.#timer);
  }

  /**
   * @param {string | null} cursor
   * @param {'loading' | 'more'} state
   */
  async #load(cursor, state) {
    this.stop();
    const asking = (this.#asking = new AbortController());
    this.#tell(state);
    try {
      const page = await this.#api.tickets(this.#filter, cursor, asking.signal);
      if (asking.signal.aborted) return;
      const known = new Set(cursor ? this.tickets.map(keyOf) : []);
      this.tickets = [...(cursor ? this.tickets : []), ...page.tickets.filter((ticket) => !known.has(keyOf(ticket)))];
      this.next = page.next;
      this.#pages = cursor ? this.#pages + 1 : 1;
      this.#tell('ready');
      if (both(this.#stale, this.#looking) !== NOTHING) this.refresh([]);
    } catch {
      if (!asking.signal.aborted) this.#tell('failed');
    }
  }

  async #lookAgain() {
    if (this.state !== 'ready' && this.state !== 'failed') return; // it goes on when the page is here
    if (this.state === 'failed') return this.retry();
    this.#asking.abort();
    const asking = (this.#asking = new AbortController());
    const stale = (this.#looking = both(this.#stale, this.#looking));
    this.#stale = NOTHING;
    const byDue = this.#filter.queue === 'due_soon' || this.#filter.queue === 'overdue';
    const needed = stale && !byDue ? 1 + Math.ceil(stale.size / PAGE) : Infinity; // what changed last comes first
    const some = needed <= MOST_PAGES;
    try {
      const page = await this.#pagesAgain(some ? needed : Math.min(this.#pages, MOST_PAGES), asking.signal);
      if (asking.signal.aborted) return undefined;
      this.#looking = NOTHING;
      this.#replace(page, some ? stale : null);
    } catch {
      // The next news, page or retry looks again.
    }
    return undefined;
  }

  /**
   * @param {number} count
   * @param {AbortSignal} signal
   * @returns {Promise<Page>} that many as one
   */
  async #pagesAgain(count, signal) {
    let page = await this.#api.tickets(this.#filter, null, signal);
    for (let more = 1; more < count && page.next; more++) {
      const following = await this.#api.tickets(this.#filter, page.next, signal);
      page = { tickets: [...page.tickets, ...following.tickets], next: following.next };
    }
    return page;
  }

  /**
   * What changed last comes first: what is known and has changed, and is not among the first, is not in this list any more.
   * @param {Page} page the first ones, as they are now
   * @param {Keys} changed null: nothing that was known counts
   */
  #replace(page, changed) {
    const first = new Set(page.tickets.map(keyOf));
    const before = new Set(this.tickets.map(keyOf));
    const rest = changed && page.next ? this.tickets.filter((ticket) => !first.has(keyOf(ticket)) && !changed.has(keyOf(ticket))) : [];
    if (!rest.length || !changed) this.next = page.next;
    this.tickets = [...page.tickets, ...rest];
    this.fresh = new Set([...first].filter((key) => !before.has(key)));
    this.#tell('ready');
    this.fresh = new Set();
  }

  /** @param {Feed['state']} state */
  #tell(state) {
    this.state = state;
    this.dispatchEvent(new Event('change'));
  }
}

/**
 * @param {Keys} some
 * @param {Keys} others
 * @returns {Keys}
 */
function both(some, others) {
  if (!some || !others) return null;
  return some.size + others.size ? new Set([...some, ...others]) : NOTHING;
}

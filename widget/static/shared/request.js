/**
 * `<mayfly-request>`: one request to its requester, for the panel and the page behind a mailed link.
 *
 * Set `desk`, `number`, `key`, `reading`, `keep`, `limits` and `site`, then `load()`. Looks again while it is in view.
 * Dispatches `request` {ticket} at each answer of the service, and `merged` with the number of the one it goes on in.
 */

import { Answer } from './answer.js';
import { Problem } from './desk.js';
import { h, fill } from './dom.js';
import { icon } from './icons.js';
import { exchange, facts, title } from './exchange.js';

const LOOK_EVERY_MS = 30_000;

export class RequestView extends HTMLElement {
  /** @type {import('./desk.js').Desk} */ desk = /** @type {any} */ (null);
  /** @type {import('./exchange.js').Reading} */ reading = /** @type {any} */ (null);
  /** @type {Answer['keep']} */ keep = /** @type {any} */ (null);
  /** @type {Answer['limits']} */ limits = {};
  /** @type {string | null} */ key = null;
  site = '';
  number = 0;

  /** @type {import('./exchange.js').Ticket | null} */ #ticket = null;
  /** @type {number | undefined} */ #timer;
  #asked = 0;
  #shown = 0; // which of what was asked for: what was asked for before it is older
  #head = h('div', { class: 'request-title' });
  #facts = h('div', { class: 'request-facts' });
  #exchange = h('div', { class: 'request-exchange' });
  #notice = h('p', { class: 'notice bad', role: 'alert', hidden: true });
  #said = h('p', { class: 'visually-hidden', role: 'status' });
  #over = h('section', { class: 'request-over', hidden: true });
  #answer = new Answer();

  connectedCallback() {
    document.addEventListener('visibilitychange', this.look);
    addEventListener('online', this.look);
    this.#timer = window.setInterval(this.look, LOOK_EVERY_MS);
    if (this.firstChild) return;
    const { t, locale } = this.reading;
    Object.assign(this.#answer, { t, locale, site: this.site, bearer: this.desk.bearer, limits: this.limits, keep: this.keep, number: this.number, zone: this });
    this.#answer.send = async (words) => this.#showNewest(await this.desk.reply(this.number, this.key, words), 'request.answered');
    this.#answer.hidden = true;
    this.append(this.#head, this.#facts, this.#exchange, this.#notice, this.#over, this.#answer, this.#said);
    this.#answer.beside(h('button', { class: 'button quiet', type: 'button', onclick: () => this.#settle('solved') }, t('request.solve')));
  }

  disconnectedCallback() {
    document.removeEventListener('visibilitychange', this.look);
    removeEventListener('online', this.look);
    clearInterval(this.#timer);
  }

  /** Reads it anew. Raises a Problem while there is nothing to show yet. */
  async load() {
    const turn = (this.#asked += 1);
    try {
      const ticket = await this.desk.read(this.number, this.key);
      if (turn > this.#shown) this.#show(ticket, turn);
    } catch (fault) {
      if (!this.#ticket) throw fault;
    }
  }

  focusFirst() {
    /** @type {HTMLElement | null} */ (this.#head.querySelector('.subject'))?.focus({ preventScroll: true });
  }

  /** Looks again, if somebody sees it. */
  look = () => {
    if (document.visibilityState === 'visible' && this.#ticket && this.checkVisibility()) void this.load();
  };

  /** @param {'solved'|'open'} status */
  async #settle(status) {
    const buttons = this.querySelectorAll('button');
    for (const button of buttons) button.disabled = true;
    try {
      this.#showNewest(await this.desk.settle(this.number, this.key, status), `request.step.you.${status}`);
      if (status === 'open') this.#answer.focusText();
      else this.#over.querySelector('button')?.focus();
    } catch (fault) {
      const { code } = fault instanceof Problem ? fault : new Problem('internal');
      this.#notice.hidden = false;
      fill(this.#notice, icon('alert'), this.reading.t(code === 'offline' ? 'request.offline' : `error.${code}`));
    } finally {
      for (const button of buttons) button.disabled = false;
    }
  }

  /** After a change: a look that began before it knows nothing of it. @param {import('./exchange.js').Ticket} ticket @param {string} said */
  #showNewest(ticket, said) {
    this.#show(ticket, (this.#asked += 1), said);
  }

  /**
   * @param {import('./exchange.js').Ticket} ticket
   * @param {number} turn
   * @param {string} [said] what has been done, for who cannot see it
   */
  #show(ticket, turn, said) {
    const { t } = this.reading;
    const before = this.#ticket;
    this.#shown = turn;
    this.#ticket = ticket;
    this.#notice.hidden = true;
    const fresh = before ? ticket.entries.filter(({ id, author }) => author !== 'customer' && !before.entries.some((one) => one.id === id)) : [];
    if (said || fresh.length) fill(this.#said, t(said ?? 'request.news'));
    if (!before || signature(before) !== signature(ticket)) this.#draw(ticket);
    else this.#renewLinks(ticket);
    if (fresh.length) this.#exchange.querySelector('li:last-child')?.scrollIntoView({ block: 'nearest' });
    this.dispatchEvent(new CustomEvent('request', { detail: { ticket } }));
  }

  /** From a request that is over: into the one it was joined with, or open again. @param {import('./exchange.js').Ticket} ticket */
  #wayOn({ merged_into: number }) {
    const { t } = this.reading;
    if (!number) return [h('p', {}, t('request.over.text')), h('button', { class: 'button', type: 'button', onclick: () => this.#settle('open') }, icon('retry'), t('request.reopen'))];
    const go = h('button', { class: 'button', type: 'button', onclick: () => this.dispatchEvent(new CustomEvent('merged', { detail: number })) }, t('page.ticket.title', { number: String(number) }));
    return [h('p', {}, t('request.over.merged', { number: String(number) })), !this.key && go];
  }

  /** Links to files expire. @param {import('./exchange.js').Ticket} ticket */
  #renewLinks(ticket) {
    const files = [ticket.file, ...ticket.entries.map(({ file }) => file)].filter((file) => file !== null);
    const links = /** @type {NodeListOf<HTMLAnchorElement>} */ (this.#exchange.querySelectorAll('a.file-link'));
    files.forEach(({ link }, index) => link && links[index] && (links[index].href = link));
  }

  /** @param {import('./exchange.js').Ticket} ticket */
  #draw(ticket) {
    const { t } = this.reading;
    const unfolded = this.#exchange.querySelector('details')?.open ?? this.reading.unfolded;
    const over = ticket.status === 'solved' || ticket.status === 'closed';
    fill(this.#head, title(ticket, this.reading));
    fill(this.#facts, facts(ticket, this.reading));
    fill(this.#exchange, exchange(ticket, { ...this.reading, unfolded }));
    this.#answer.hidden = over;
    const end = over ? `${ticket.status} ${ticket.merged_into}` : '';
    if (over && this.#over.dataset.shown !== end) fill(this.#over, h('h2', {}, icon('check'), t(`request.over.${ticket.status}`)), ...this.#wayOn(ticket));
    this.#over.dataset.shown = end;
    this.#over.hidden = !over;
  }
}

/** All but the links, which are new each time. @param {import('./exchange.js').Ticket} ticket */
function signature(ticket) {
  return JSON.stringify(ticket, (name, value) => (name === 'link' ? undefined : value));
}

customElements.define('mayfly-request', RequestView);

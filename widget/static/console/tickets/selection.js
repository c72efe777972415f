/** Which rows of the list are selected, by pointer and by key; and where the focus goes among them. */

import { TicketRow } from './row.js';
import { keyOf } from './types.js';

/** @import { Ticket } from './types.js' */

export class Selection extends EventTarget {
  #body;
  #all;
  /** @type {Set<string>} */ #chosen = new Set();
  /** @type {number} where a range begins */ #from = -1;

  /**
   * @param {HTMLElement} body the rows are its children, in the order of the tickets
   * @param {() => readonly Ticket[]} all
   */
  constructor(body, all) {
    super();
    this.#body = body;
    this.#all = all;
    body.addEventListener('click', (event) => {
      const box = event.target;
      if (box instanceof HTMLInputElement && box.type === 'checkbox') this.#toggle(this.#indexOf(box), event.shiftKey);
    });
  }

  get tickets() {
    return this.#all().filter((ticket) => this.#chosen.has(keyOf(ticket)));
  }

  /** What the focus is on. */
  here() {
    return this.#all().filter((_, at) => at === this.#at);
  }

  get #at() {
    return document.activeElement ? this.#indexOf(document.activeElement) : -1;
  }

  /** @param {Element} inside */
  #indexOf(inside) {
    const row = inside.closest('li');
    return row?.parentElement === this.#body ? [...this.#body.children].indexOf(row) : -1;
  }

  /** @param {number} at */
  #row(at) {
    const row = this.#body.children[at]?.firstElementChild;
    return row instanceof TicketRow ? row : null;
  }

  /** @param {1 | -1} step */
  step(step) {
    const count = this.#body.children.length;
    const at = this.#at < 0 ? (step > 0 ? 0 : count - 1) : Math.max(0, Math.min(count - 1, this.#at + step));
    this.#row(at)?.link.focus();
  }

  /** @param {string} key */
  focus(key) {
    this.#row(this.#all().findIndex((ticket) => keyOf(ticket) === key))?.link.focus({ preventScroll: true });
  }

  /** @param {boolean} [range] */
  toggleHere(range = false) {
    if (this.#at >= 0) this.#toggle(this.#at, range);
  }

  /**
   * @param {number} at
   * @param {boolean} range from the last one that was selected to this one
   */
  #toggle(at, range) {
    const ticket = this.#all()[at];
    if (!ticket) return;
    const chosen = !this.#chosen.has(keyOf(ticket));
    const [first, last] = range && this.#from >= 0 ? [Math.min(this.#from, at), Math.max(this.#from, at)] : [at, at];
    for (const one of this.#all().slice(first, last + 1)) this.#set(keyOf(one), range || chosen);
    this.#from = at;
    this.#show();
  }

  toggleAll() {
    const all = this.#all().map(keyOf);
    this.#chosen = new Set(this.#chosen.size < all.length ? all : []);
    this.#show();
  }

  clear() {
    this.#chosen = new Set();
    this.#from = -1;
    this.#show();
  }

  /** What is no longer in the list is not selected either. */
  keep() {
    const all = new Set(this.#all().map(keyOf));
    this.#chosen = new Set([...this.#chosen].filter((key) => all.has(key)));
    this.#mark();
  }

  /**
   * @param {string} key
   * @param {boolean} chosen
   */
  #set(key, chosen) {
    if (chosen) this.#chosen.add(key);
    else this.#chosen.delete(key);
  }

  #show() {
    this.#mark();
    this.dispatchEvent(new Event('change'));
  }

  #mark() {
    this.#all().forEach((ticket, at) => {
      const row = this.#row(at);
      const chosen = this.#chosen.has(keyOf(ticket));
      if (!row || row.check.checked === chosen) {
        row?.classList.toggle('chosen', chosen);
        return;
      }
      row.check.checked = chosen;
      row.classList.toggle('chosen', chosen);
    });
  }
}

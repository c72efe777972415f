/** Which rows of the list are selected, by pointer and by key; and where the focus goes among them. Only some rows are drawn. */

import { TicketRow } from './row.js';
import { keyOf } from './types.js';

/** @import { Ticket } from './types.js' */

export class Selection extends EventTarget {
  #body;
  #all;
  #reveal;
  /** @type {Set<string>} */ #chosen = new Set();
  /** @type {number} where a range begins */ #from = -1;
  /** The row that had the focus last: it is gone from the page when one scrolls away from it. */
  #last = '';

  /**
   * @param {HTMLElement} body where the rows are, each with its ticket's key
   * @param {() => readonly Ticket[]} all
   * @param {(index: number) => void} reveal makes sure that a row is there
   */
  constructor(body, all, reveal) {
    super();
    this.#body = body;
    this.#all = all;
    this.#reveal = reveal;
    body.addEventListener('click', (event) => {
      const box = event.target;
      if (box instanceof HTMLInputElement && box.type === 'checkbox') this.#toggle(this.#indexOf(this.#keyOf(box)), event.shiftKey);
    });
    body.addEventListener('focusin', (event) => void (this.#last = this.#keyOf(/** @type {Element} */ (event.target))));
  }

  get tickets() {
    return this.#chosen.size ? this.#all().filter((ticket) => this.#chosen.has(keyOf(ticket))) : [];
  }

  /** What the focus is on. */
  here() {
    const key = this.#focused;
    return key ? this.#all().filter((ticket) => keyOf(ticket) === key) : [];
  }

  /** The key of the row with the focus, if any has it. */
  get #focused() {
    return document.activeElement ? this.#keyOf(document.activeElement) : '';
  }

  /** @param {Element} inside */
  #keyOf(inside) {
    const row = inside.closest('li');
    return (row?.parentElement === this.#body && row.dataset.key) || '';
  }

  /** @param {string} key */
  #indexOf(key) {
    return key ? this.#all().findIndex((ticket) => keyOf(ticket) === key) : -1;
  }

  /** @param {1 | -1} step */
  step(step) {
    const count = this.#all().length;
    const gone = document.activeElement === document.body || document.activeElement?.id === 'main';
    const at = this.#indexOf(this.#focused || (gone ? this.#last : ''));
    const next = at < 0 ? (step > 0 ? 0 : count - 1) : Math.max(0, Math.min(count - 1, at + step));
    this.#focusAt(next);
  }

  /** @param {string} key */
  focus(key) {
    this.#focusAt(this.#indexOf(key));
  }

  /** @param {number} index */
  #focusAt(index) {
    const ticket = this.#all()[index];
    if (!ticket) return;
    this.#reveal(index);
    const row = [...this.#body.children].find((one) => one instanceof HTMLElement && one.dataset.key === keyOf(ticket));
    if (row?.firstElementChild instanceof TicketRow) row.firstElementChild.link.focus({ preventScroll: true });
  }

  /** @param {boolean} [range] */
  toggleHere(range = false) {
    this.#toggle(this.#indexOf(this.#focused), range);
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
    this.#last = '';
    this.#show();
  }

  /** What is no longer in the list is not selected either. */
  keep() {
    const all = new Set(this.#chosen.size ? this.#all().map(keyOf) : []);
    this.#chosen = new Set([...this.#chosen].filter((key) => all.has(key)));
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
    for (const row of this.#body.children) if (row instanceof HTMLElement) this.mark(row);
    this.dispatchEvent(new Event('change'));
  }

  /** @param {HTMLElement} row with its key */
  mark(row) {
    const chosen = this.#chosen.has(row.dataset.key ?? '');
    row.classList.toggle('chosen', chosen);
    if (row.firstElementChild instanceof TicketRow) row.firstElementChild.check.checked = chosen;
  }
}

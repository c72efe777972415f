/**
 * Draws of a long list only the rows that are in sight and some around them: thousands cost what a screenful does. All rows are of
 * one height, whatever it is at this width and size of type.
 */

import { Rows } from '../draw.js';
import { keyOf } from './types.js';

/** @import { Ticket } from './types.js' */

const AROUND = 12;
const GUESSED_PX = 45;

export class RowWindow {
  #scroll;
  #body;
  #patch;
  /** @type {readonly Ticket[]} */ #tickets = [];
  #complete = true;
  #height = GUESSED_PX;
  #drawn = '';
  #due = false;
  /** @type {Rows<Ticket, HTMLElement>} */ #rows;

  /**
   * @param {HTMLElement} scroll
   * @param {HTMLElement} body where the rows are, at the head of `scroll`
   * @param {() => HTMLElement} build a row
   * @param {(row: HTMLElement, ticket: Ticket) => void} patch
   */
  constructor(scroll, body, build, patch) {
    this.#scroll = scroll;
    this.#body = body;
    this.#patch = patch;
    this.#rows = new Rows(body, (ticket) => keyOf(ticket), build);
    scroll.addEventListener('scroll', () => this.#later(), { passive: true });
    new ResizeObserver(() => this.#later()).observe(scroll);
  }

  /**
   * @param {readonly Ticket[]} tickets
   * @param {boolean} complete there are no more than these
   */
  show(tickets, complete) {
    this.#tickets = tickets;
    this.#complete = complete;
    this.#drawn = '';
    this.#draw();
  }

  /** Makes sure that a row is drawn and in sight. @param {number} index */
  reveal(index) {
    const { scrollTop, clientHeight } = this.#scroll;
    const top = index * this.#height;
    if (top < scrollTop) this.#scroll.scrollTop = top;
    else if (top + this.#height > scrollTop + clientHeight) this.#scroll.scrollTop = top + this.#height - clientHeight;
    this.#draw();
  }

  /** The first row that is in sight. */
  get first() {
    return Math.ceil(this.#scroll.scrollTop / this.#height);
  }

  /** Moves what is in sight by so many rows. @param {number} rows */
  shift(rows) {
    this.#scroll.scrollTop += rows * this.#height;
    this.#draw();
  }

  #later() {
    if (this.#due) return;
    this.#due = true;
    requestAnimationFrame(() => {
      this.#due = false;
      this.#draw();
    });
  }

  #draw() {
    const { scrollTop, clientHeight } = this.#scroll;
    if (!clientHeight && this.#drawn) return; // it is not shown
    const first = Math.max(0, Math.floor(scrollTop / this.#height) - AROUND);
    const last = Math.min(this.#tickets.length, Math.ceil((scrollTop + clientHeight) / this.#height) + AROUND);
    const drawn = `${first} ${last} ${this.#height}`;
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#body.style.setProperty('padding-block', `${first * this.#height}px ${Math.max(0, this.#tickets.length - last) * this.#height}px`);
    let index = first;
    this.#rows.show(this.#tickets.slice(first, last), (row, ticket) => {
      row.dataset.key = keyOf(ticket);
      row.setAttribute('aria-posinset', String(++index));
      row.setAttribute('aria-setsize', String(this.#complete ? this.#tickets.length : -1));
      this.#patch(row, ticket);
    });
    this.#measure();
  }

  #measure() {
    const row = this.#body.firstElementChild;
    const height = row instanceof HTMLElement ? row.getBoundingClientRect().height : 0;
    if (!height || Math.abs(height - this.#height) < 0.01) return;
    this.#height = height;
    this.#draw();
  }
}

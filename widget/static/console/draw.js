/** Small drawing aids of the console: its own icons, lists that keep their elements, text that is set only when it differs. */

import { draw, h } from '../shared/dom.js';

/** @import { VisitorCard } from '../shared/protocol.js' */

const SVG = 'http://www.w3.org/2000/svg';

const ICONS = {
  ban: 'M5.6 5.6l12.8 12.8M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z',
  bookmark: 'M7 4h10v16l-5-4-5 4z',
  bell: 'M6 9a6 6 0 0 1 12 0c0 6 2.5 7 2.5 7h-17S6 15 6 9m4 11a2.2 2.2 0 0 0 4 0',
  bolt: 'M13 3L5 13.5h6L10.5 21 19 10h-6z',
  board: 'M4 20V11h4v9M10 20V4h4v16M16 20v-6h4v6',
  book: 'M12 6.5C10 5 7 4.5 3.5 4.5v13c3.5 0 6.5.5 8.5 2 2-1.5 5-2 8.5-2v-13C17 4.5 14 5 12 6.5zm0 0v13',
  chats: 'M20 11.5a7.5 7.5 0 0 1-11 6.6L4 19.5l1.4-4.6A7.5 7.5 0 1 1 20 11.5z',
  chart: 'M4 19.5h16M7 16v-4m5 4V6m5 10V9.5',
  clip: 'M19 11.5l-7.3 7.3a4.6 4.6 0 0 1-6.5-6.5l7.6-7.6a3 3 0 0 1 4.3 4.3l-7.6 7.6a1.5 1.5 0 0 1-2.1-2.1l6.9-6.9',
  dots: 'M5.5 12v.01M12 12v.01M18.5 12v.01',
  eye: 'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM14.8 12a2.8 2.8 0 1 1-5.6 0 2.8 2.8 0 0 1 5.6 0z',
  filter: 'M4 7h16M7 12h10M10 17h4',
  flag: 'M6 21V4h11l-2.5 4L17 12H6',
  globe: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3 12h18M12 3c5 5 5 13 0 18-5-5-5-13 0-18z',
  hand: 'M4 8h13m-4-4l4 4-4 4M20 16H7m4 4l-4-4 4-4',
  help: 'M9.2 9a2.9 2.9 0 1 1 4.3 2.6c-1 .6-1.5 1.1-1.5 2.2M12 17.2v.01M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z',
  hourglass: 'M7 3.5h10M7 20.5h10M8 3.5c0 5 8 5 8 8.5s-8 3.5-8 8.5m8-17c0 5-8 5-8 8.5s8 3.5 8 8.5',
  inbox: 'M4 13l2.5-7.5h11L20 13v5.5H4zM4 13h4.5l1.5 2.5h4l1.5-2.5H20',
  info: 'M12 11v5m0-8.5v.01M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z',
  join: 'M10 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM3 20c.5-4 3.2-6 7-6 1.5 0 2.8.3 3.9.9M18 14v6m-3-3h6',
  mail: 'M4 6h16v12H4zM4 7l8 6 8-6',
  merge: 'M7 4v4c0 3 5 4 5 7v5m5-16v4c0 3-5 4-5 7m-3 2l3 3 3-3',
  mute: 'M11 5L6.5 9H3v6h3.5l4.5 4zM16 9.5l5 5m0-5l-5 5',
  minus: 'M6 12h12',
  note: 'M4 20l1-4L16.5 4.5a2 2 0 0 1 3 3L8 19z',
  page: 'M4 5h16v14H4zM4 9h16M7 7v.01',
  party: 'M12 20v-9m0 0c0-4 3-6.5 7-6.5 0 4-3 6.5-7 6.5zm0 3c0-3-2.5-5.5-6-5.5 0 3.5 2.5 5.5 6 5.5z',
  phone: 'M6 3.5h3l1.5 4-2 1.5a11 11 0 0 0 6 6l1.5-2 4 1.5v3a2 2 0 0 1-2 2A14.5 14.5 0 0 1 4 5.5a2 2 0 0 1 2-2z',
  plus: 'M6 12h12M12 6v12',
  search: 'M20 20l-4.5-4.5M17.5 11a6.5 6.5 0 1 1-13 0 6.5 6.5 0 0 1 13 0z',
  shield: 'M12 3l7 2.5V11c0 4.5-3 8-7 10-4-2-7-5.5-7-10V5.5zM9 12l2.2 2.2L15.5 10',
  sound: 'M11 5L6.5 9H3v6h3.5l4.5 4zM15 9.5a3.5 3.5 0 0 1 0 5M17.5 7a7 7 0 0 1 0 10',
  stack: 'M12 4l8 4-8 4-8-4zM4 12l8 4 8-4M4 16l8 4 8-4',
  team: 'M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 19.5c.4-3.5 3-5.5 6.5-5.5s6.1 2 6.5 5.5M15.5 4.9a3.5 3.5 0 0 1 0 6.2M18 14.6c2 .8 3.2 2.5 3.5 4.9',
  user: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20c.5-4 3.5-6 7.5-6s7 2 7.5 6',
};

/** @param {keyof typeof ICONS} name */
export function sign(name) {
  return draw(name, ICONS[name]);
}

/**
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Keeps one element per item, in the items' order; focus and scroll stay where they are.
 * @template Item
 * @template {HTMLElement} Row
 */
export class Rows {
  /** @type {Map<string, Row>} */ #rows = new Map();

  /**
   * @param {HTMLElement} parent
   * @param {(item: Item) => string} keyOf
   * @param {(item: Item) => Row} build
   */
  constructor(parent, keyOf, build) {
    this.parent = parent;
    this.keyOf = keyOf;
    this.build = build;
  }

  /**
   * @param {readonly Item[]} items
   * @param {(row: Row, item: Item) => void} [patch]
   */
  show(items, patch) {
    const keep = new Set(items.map(this.keyOf));
    for (const [key, row] of this.#rows) {
      if (keep.has(key)) continue;
      row.remove();
      this.#rows.delete(key);
    }
    items.forEach((item, at) => {
      const key = this.keyOf(item);
      const row = this.#rows.get(key) ?? this.build(item);
      this.#rows.set(key, row);
      if (this.parent.children[at] !== row) this.parent.insertBefore(row, this.parent.children[at] ?? null);
      patch?.(row, item);
    });
  }
}

/**
 * What the agent asked for, on its way up to `console.js`, whose table of actions answers it.
 * @param {EventTarget} from
 * @param {string} name
 * @param {Record<string, unknown>} [detail]
 */
export function act(from, name, detail = {}) {
  from.dispatchEvent(new CustomEvent('act', { detail: { name, ...detail }, bubbles: true }));
}

/**
 * One of six tints, so that chats are told apart at a glance; see `.tint-0` and on in `frame.css`.
 * @param {string} id
 */
export function tint(id) {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.charCodeAt(0)) % 9973;
  return `tint-${sum % 6}`;
}

/**
 * @param {{visitor: VisitorCard}} chat
 * @param {(key: string) => string} t
 */
export function nameOf({ visitor }, t) {
  const claimed = visitor.claims?.name;
  return visitor.name || (typeof claimed === 'string' && claimed) || visitor.email || t('console.chats.visitor');
}

/** The visitor's plan, where there is one. @param {string | null} plan */
export function planMark(plan) {
  return plan && h('span', { class: 'plan' }, plan);
}

/** A ring that empties, round the seconds that are left; see `setCountdown`. */
export function countdown() {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 40 40');
  for (const name of ['track', 'arc']) {
    const circle = document.createElementNS(SVG, 'circle');
    for (const [key, value] of Object.entries({ class: name, cx: 20, cy: 20, r: 18, pathLength: 100 })) circle.setAttribute(key, String(value));
    svg.append(circle);
  }
  return h('span', { class: 'countdown', 'aria-hidden': true }, svg, h('b'));
}

/**
 * @param {HTMLElement} ring as `countdown` made it
 * @param {number} left ms
 * @param {number} whole ms
 */
export function setCountdown(ring, left, whole) {
  const part = Math.max(0, Math.min(1, whole > 0 ? left / whole : 0));
  ring.style.setProperty('--gone', String(Math.round(100 - 100 * part)));
  ring.classList.toggle('soon', part < 0.34);
  setText(/** @type {Element} */ (ring.lastElementChild), String(Math.max(0, Math.ceil(left / 1000))));
}

/**
 * A running time: "0:42", "12:05", "1:02:30".
 * @param {number} ms
 */
export function stopwatch(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (/** @type {number} */ value) => String(value).padStart(2, '0');
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/**
 * How pressing a wait is, as a class.
 * @param {number} ms
 */
export function urgency(ms) {
  return ms < 60_000 ? 'calm' : ms < 180_000 ? 'soon' : 'late';
}

/**
 * Where one is, in a list of places.
 *
 * @param {HTMLElement} link
 * @param {boolean} here
 */
export function markCurrent(link, here) {
  const was = link.hasAttribute('aria-current');
  if (here) link.setAttribute('aria-current', 'page');
  else link.removeAttribute('aria-current');
  if (here && !was) link.scrollIntoView({ block: 'nearest', inline: 'nearest' }); // on a phone they are one long row
}

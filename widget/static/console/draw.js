/** Small drawing aids of the console: its own icons, lists that keep their elements, text that is set only when it differs. */

import { draw } from '../shared/dom.js';

/** @import { Chat } from './state.js' */

const ICONS = {
  bell: 'M6 9a6 6 0 0 1 12 0c0 6 2.5 7 2.5 7h-17S6 15 6 9m4 11a2.2 2.2 0 0 0 4 0',
  chats: 'M20 11.5a7.5 7.5 0 0 1-11 6.6L4 19.5l1.4-4.6A7.5 7.5 0 1 1 20 11.5z',
  globe: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3 12h18M12 3c5 5 5 13 0 18-5-5-5-13 0-18z',
  help: 'M9.2 9a2.9 2.9 0 1 1 4.3 2.6c-1 .6-1.5 1.1-1.5 2.2M12 17.2v.01M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z',
  info: 'M12 11v5m0-8.5v.01M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z',
  mail: 'M4 6h16v12H4zM4 7l8 6 8-6',
  mute: 'M11 5L6.5 9H3v6h3.5l4.5 4zM16 9.5l5 5m0-5l-5 5',
  note: 'M4 20l1-4L16.5 4.5a2 2 0 0 1 3 3L8 19z',
  page: 'M4 5h16v14H4zM4 9h16M7 7v.01',
  phone: 'M6 3.5h3l1.5 4-2 1.5a11 11 0 0 0 6 6l1.5-2 4 1.5v3a2 2 0 0 1-2 2A14.5 14.5 0 0 1 4 5.5a2 2 0 0 1 2-2z',
  search: 'M20 20l-4.5-4.5M17.5 11a6.5 6.5 0 1 1-13 0 6.5 6.5 0 0 1 13 0z',
  shield: 'M12 3l7 2.5V11c0 4.5-3 8-7 10-4-2-7-5.5-7-10V5.5zM9 12l2.2 2.2L15.5 10',
  sound: 'M11 5L6.5 9H3v6h3.5l4.5 4zM15 9.5a3.5 3.5 0 0 1 0 5M17.5 7a7 7 0 0 1 0 10',
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
 * @param {Chat} chat
 * @param {(key: string) => string} t
 */
export function nameOf(chat, t) {
  const claimed = chat.visitor.claims?.name;
  return chat.visitor.name || (typeof claimed === 'string' && claimed) || chat.visitor.email || t('console.chats.visitor');
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

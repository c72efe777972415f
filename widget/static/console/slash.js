/**
 * What `/` at the start of a word offers to insert: a listbox over the box one writes in, searched by what follows the slash.
 * The cursor stays in the text; arrows, Enter or Tab choose, Escape leaves the slash as it is.
 */

import { h, fill } from '../shared/dom.js';
import { setText, sign } from './draw.js';

/**
 * @import { Translate } from '../shared/i18n.js'
 * @import { Piece } from './help/types.js'
 */

/**
 * @typedef {object} Insertion
 * @property {'template' | 'article'} kind
 * @property {readonly Piece[]} title
 * @property {string} about
 * @property {string} [mark] what to know of it before it is inserted
 * @property {string} text what is put in place of the slash
 */

/** @typedef {(query: string, signal: AbortSignal) => Promise<Insertion[]>} Find */

const AFTER_SLASH = /(?:^|\s)\/(?!\s)([^\n/]{0,60})$/;
const MOST_WORDS = 4; // what goes on longer is a sentence
const PAUSE_MS = 120;
let count = 0;

export class Slash {
  #id = `slash-${++count}`;
  #text;
  #t;
  #find;
  #list = h('div', { class: 'choices-list', id: this.#id, role: 'listbox' });
  #told = h('p', { class: 'visually-hidden', role: 'status' });
  /** Goes into the box, which it stands over. */
  element = h('div', { class: 'slash', hidden: true }, this.#list, this.#told);
  /** @type {Insertion[]} */ #found = [];
  #at = -1;
  #from = -1;
  #to = -1; // where the cursor was; it may have moved on since
  #left = -1; // a slash that is meant as one
  #entered = false; // Enter came before what it chooses
  #moved = false;
  /** @type {AbortController | null} */ #asking = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;

  /**
   * @param {HTMLTextAreaElement} text
   * @param {Translate} t
   * @param {Find} find
   */
  constructor(text, t, find) {
    this.#text = text;
    this.#t = t;
    this.#find = find;
    this.#list.setAttribute('aria-label', t('console.slash.title'));
    text.setAttribute('aria-autocomplete', 'list');
    text.setAttribute('aria-haspopup', 'listbox');
    text.setAttribute('aria-controls', this.#id);
    text.addEventListener('input', () => this.#look());
    text.addEventListener('blur', () => this.#close());
    this.element.addEventListener('pointerdown', (event) => event.preventDefault()); // the cursor stays where it is
  }

  /** For who does not know the key. */
  open() {
    const { value, selectionStart: at, selectionEnd: end } = this.#text;
    this.#text.focus();
    if (this.#text.readOnly) return;
    this.#left = -1;
    this.#text.setRangeText(/(^|\s)$/.test(value.slice(0, at)) ? '/' : ' /', at, end, 'end');
    this.#text.dispatchEvent(new Event('input', { bubbles: true }));
  }

  /**
   * Before the box makes something of a key.
   * @param {KeyboardEvent} event
   * @returns {boolean} whether it was for the list
   */
  pressed(event) {
    if (this.element.hidden || event.isComposing || event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const chooses = event.key === 'Enter' || event.key === 'Tab';
    const many = this.#found.length;
    if (event.key === 'Escape') this.#left = this.#from;
    else if (!(many && (step || chooses)) && !(this.#asking && chooses)) return false;
    event.preventDefault();
    if (step) {
      this.#moved = true;
      this.#move((this.#at + step + many) % many);
      this.#list.querySelector('.at')?.scrollIntoView({ block: 'nearest' });
    } else if (!chooses) this.#close();
    else if (this.#asking && !this.#moved) this.#entered = true;
    else this.#take(this.#found[this.#at]);
    return true;
  }

  #look() {
    const { value, selectionStart: at, selectionEnd: end } = this.#text;
    const query = at === end ? AFTER_SLASH.exec(value.slice(0, at))?.[1] : undefined;
    if (query === undefined) this.#left = -1;
    if (query === undefined || query.split(/\s+/).length > MOST_WORDS) return this.#close();
    this.#from = at - query.length - 1;
    this.#to = at;
    if (this.#from === this.#left) return;
    this.#stop();
    const asking = (this.#asking = new AbortController());
    this.#entered = this.#moved = false;
    if (this.element.hidden) this.#say('console.slash.looking');
    this.element.hidden = false;
    this.#timer = setTimeout(() => void this.#ask(query.trim(), asking), query ? PAUSE_MS : 0);
  }

  /**
   * @param {string} query
   * @param {AbortController} asking
   */
  async #ask(query, asking) {
    /** @type {Insertion[] | null} */
    let found = null;
    try {
      found = await this.#find(query, asking.signal);
    } catch {
      if (asking.signal.aborted) return;
    }
    if (asking !== this.#asking) return;
    this.#asking = null;
    if (found?.length) this.#show(found);
    else if (found && query.includes(' ')) this.#close();
    else this.#say(found ? (query ? 'console.picker.none' : 'console.slash.nothing') : 'console.picker.failed');
    if (this.#entered && found?.length) this.#take(found[0]);
  }

  /** @param {Insertion[]} found */
  #show(found) {
    const t = this.#t;
    this.#found = found;
    /** @type {Node[]} */
    const parts = [];
    found.forEach((one, index) => {
      if (one.kind !== found[index - 1]?.kind) parts.push(h('p', { class: 'kind', role: 'presentation' }, t(`console.slash.${one.kind}s`)));
      parts.push(this.#option(one, index));
    });
    fill(this.#list, ...parts);
    setText(this.#told, t('console.slash.found', { count: found.length }));
    this.#move(0);
    this.#list.scrollTop = 0;
  }

  /**
   * @param {Insertion} insertion
   * @param {number} index
   */
  #option(insertion, index) {
    const { kind, title, about, mark } = insertion;
    const words = title.map(({ text, hit }) => (hit ? h('mark', {}, text) : text));
    return h(
      'div',
      {
        id: `${this.#id}-${index}`,
        role: 'option',
        class: 'choice',
        'aria-selected': false,
        onclick: () => this.#take(insertion),
        onpointermove: () => this.#move(index),
      },
      sign(kind === 'article' ? 'book' : 'bolt'),
      h('span', { class: 'words', dir: 'auto' }, h('span', {}, ...words), about && h('small', {}, about)),
      mark && h('span', { class: 'mark' }, mark),
    );
  }

  /** @param {string} key */
  #say(key) {
    this.#found = [];
    this.#move(-1);
    fill(this.#list, h('p', { class: 'none' }, this.#t(key)));
    setText(this.#told, this.#t(key));
  }

  /** @param {number} index */
  #move(index) {
    this.#at = index;
    [...this.#list.querySelectorAll('.choice')].forEach((option, at) => {
      option.classList.toggle('at', at === index);
      option.setAttribute('aria-selected', String(at === index));
    });
    if (index < 0) this.#text.removeAttribute('aria-activedescendant');
    else this.#text.setAttribute('aria-activedescendant', `${this.#id}-${index}`);
  }

  /** @param {Insertion} insertion */
  #take({ text }) {
    this.#close();
    this.#text.focus();
    this.#text.setRangeText(text, this.#from, this.#to, 'end');
    this.#text.dispatchEvent(new Event('input', { bubbles: true }));
  }

  #stop() {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.#asking = null;
  }

  #close() {
    this.#stop();
    this.element.hidden = true;
    setText(this.#told, '');
    this.#found = [];
    this.#move(-1);
  }
}

/** The button beside the box that opens it. @param {Translate} t @param {() => void} onclick */
export function slashButton(t, onclick) {
  const words = t('console.slash.title');
  return h('button', { class: 'icon-button insert', type: 'button', 'aria-label': words, title: `${words} (/)`, onclick }, sign('bolt'));
}

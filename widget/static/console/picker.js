/** One of several, chosen from a popup by pointer or keyboard, and found by typing where there are many. */

import { h, fill, icon } from '../shared/dom.js';
import { openPopup } from './popup.js';
import { sign } from './draw.js';

/** @import { Translate } from '../shared/i18n.js' */

/** `about` stands under the label, `mark` before it. @typedef {{value: string, label: string, about?: string, mark?: () => Node}} Choice */

/**
 * @typedef {object} Picking
 * @property {string} label what is chosen
 * @property {Choice[] | Promise<Choice[]>} choices
 * @property {string} [chosen]
 * @property {string} [search] words in the search field; without them there is none
 * @property {string} [typed] what is searched for already
 * @property {(value: string) => void} pick
 * @property {() => void} [closed] nothing was chosen
 * @property {HTMLElement} [at]
 * @property {string} [className]
 */

let count = 0;

/**
 * @param {HTMLElement} anchor
 * @param {Picking} picking
 * @param {Translate} t
 */
export function openPicker(anchor, picking, t) {
  new Picker(picking, t).open(anchor);
}

class Picker {
  #picking;
  #t;
  #id = `picker-${++count}`;
  /** @type {Choice[]} */ #all = [];
  /** @type {Choice[]} */ #found = [];
  #at = -1;
  #picked = false;
  #loading = false;
  /** Enter came before the choices did. */
  #entered = false;
  #close = () => {};
  #list;
  /** @type {HTMLInputElement | null} */ #search = null;

  /**
   * @param {Picking} picking
   * @param {Translate} t
   */
  constructor(picking, t) {
    this.#picking = picking;
    this.#t = t;
    this.#list = h('div', { id: this.#id, role: 'listbox', class: 'choices-list', 'aria-label': picking.label, tabIndex: picking.search ? -1 : 0 });
    if (picking.search) {
      this.#search = h('input', {
        type: 'text',
        role: 'combobox',
        autocomplete: 'off',
        spellcheck: false,
        value: picking.typed ?? '',
        placeholder: picking.search,
        'aria-label': picking.search,
        'aria-expanded': true,
        'aria-controls': this.#id,
        'aria-autocomplete': 'list',
        'data-first': '',
        oninput: () => this.#find(),
      });
    } else this.#list.dataset.first = '';
  }

  /** @param {HTMLElement} anchor */
  open(anchor) {
    const { label, closed, at, className = '' } = this.#picking;
    const content = h(
      'div',
      { class: `picker ${className}`, onkeydown: (/** @type {KeyboardEvent} */ event) => this.#pressed(event) },
      this.#search && h('label', { class: 'search' }, sign('search'), this.#search),
      this.#list,
    );
    void this.#load();
    const done = () => void (!this.#picked && closed?.());
    this.#close = openPopup(anchor, content, { label, closed: done, at });
  }

  async #load() {
    const { choices } = this.#picking;
    if (Array.isArray(choices)) this.#all = choices;
    else {
      this.#loading = true;
      this.#say('console.loading');
      try {
        this.#all = await choices;
      } catch {
        return this.#say('console.picker.failed');
      } finally {
        this.#loading = false;
      }
    }
    this.#find();
    if (this.#entered) this.#enter();
  }

  /** @param {string} key */
  #say(key) {
    fill(this.#list, h('p', { class: 'none' }, this.#t(key)));
  }

  #find() {
    const wanted = (this.#search?.value ?? '').trim().toLocaleLowerCase();
    const chosen = this.#picking.chosen;
    this.#found = this.#all.filter(({ label, about = '' }) => `${label}\n${about}`.toLocaleLowerCase().includes(wanted));
    const at = wanted || chosen === undefined ? 0 : this.#found.findIndex(({ value }) => value === chosen);
    if (this.#found.length === 0) this.#say('console.picker.none');
    else fill(this.#list, ...this.#found.map((choice, index) => this.#option(choice, index)));
    this.#move(this.#found.length ? Math.max(0, at) : -1);
  }

  /**
   * @param {Choice} choice
   * @param {number} index
   */
  #option({ value, label, about, mark }, index) {
    return h(
      'div',
      {
        id: `${this.#id}-${index}`,
        role: 'option',
        class: 'choice',
        'aria-selected': value === this.#picking.chosen,
        onclick: () => this.#pick(value),
        onpointermove: () => this.#move(index),
      },
      mark?.(),
      h('span', { class: 'words', dir: 'auto' }, h('span', {}, label), about && h('small', {}, about)),
      icon('check'),
    );
  }

  /** @param {number} index */
  #move(index) {
    this.#at = index;
    [...this.#list.children].forEach((option, at) => option.classList.toggle('at', at === index));
    const holder = this.#search ?? this.#list;
    if (index < 0) holder.removeAttribute('aria-activedescendant');
    else holder.setAttribute('aria-activedescendant', `${this.#id}-${index}`);
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const count = this.#found.length;
    if (step && count) {
      event.preventDefault();
      this.#move((this.#at + step + count) % count);
      this.#list.children[this.#at].scrollIntoView({ block: 'nearest' });
    } else if ((event.key === 'Enter' || (event.key === ' ' && !this.#search)) && !event.isComposing) {
      event.preventDefault();
      this.#entered = this.#loading;
      this.#enter();
    } else if (!this.#search && event.key.length === 1) {
      const next = this.#found.findIndex(({ label }) => label.toLocaleLowerCase().startsWith(event.key.toLocaleLowerCase()));
      if (next >= 0) this.#move(next);
    } else if (event.key === 'Tab') this.#close();
  }

  #enter() {
    const choice = this.#found[this.#at];
    if (choice) this.#pick(choice.value);
  }

  /** @param {string} value */
  #pick(value) {
    this.#picked = true;
    this.#close();
    this.#picking.pick(value);
  }
}

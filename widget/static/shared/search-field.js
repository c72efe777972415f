/**
 * Search as one types: takes over an `<input>` as a combobox with a list of what is found, in which the reader chooses by
 * arrows and Enter or by a click (WAI-ARIA Authoring Practices: list autocomplete with manual selection).
 *
 * @typedef {import('./articles.js').Found} Found
 *
 * @typedef {object} Search
 * @property {import('./i18n.js').Translate} t
 * @property {(words: string, done: boolean) => Promise<Found[]>} find
 * @property {(found: Found) => void} choose
 * @property {(words: string) => import('./dom.js').Child[]} [ways] on from there where nothing is found
 * @property {string} locale
 * @property {boolean} [page] has the whole list elsewhere: Enter without a choice is the form's
 */

import { Problem } from './desk.js';
import { h, fill } from './dom.js';
import { icon } from './icons.js';

const PAUSE_MS = 150;
const SLOW_MS = 300; // what comes sooner needs no sign that it is on its way

export class SearchField {
  /** @type {Found[]} */ #found = [];
  #active = -1;
  #asked = '';
  #turn = 0;
  #shut = false; // by the reader: what is answered later does not open it again
  /** @type {number | undefined} */ #timer;

  /** @param {HTMLInputElement} input @param {Search} search */
  constructor(input, search) {
    const { t } = search;
    const id = `${input.id}-found`;
    this.input = input;
    this.search = search;
    this.list = h('ul', { id, role: 'listbox', 'aria-label': t('help.results') });
    this.apart = h('div', { class: 'search-apart' });
    this.box = h('div', { class: 'search-box', hidden: true }, this.list, this.apart);
    this.said = h('p', { class: 'visually-hidden', role: 'status' });
    for (const [name, value] of Object.entries({ role: 'combobox', 'aria-autocomplete': 'list', 'aria-haspopup': 'listbox', 'aria-controls': id, 'aria-expanded': 'false', autocomplete: 'off' })) input.setAttribute(name, value);
    input.after(this.box, this.said);
    input.addEventListener('input', () => this.#typed());
    input.addEventListener('focus', () => this.#asked && this.#asked === this.words && this.#open(true));
    input.addEventListener('keydown', (event) => this.#pressed(event));
    this.box.addEventListener('mousedown', (event) => event.preventDefault()); // the cursor stays where it is, and the box open until the click
    input.parentElement?.addEventListener('focusout', ({ relatedTarget }) => relatedTarget instanceof Node && input.parentElement?.contains(relatedTarget) ? null : this.#open(false));
    input.parentElement?.addEventListener('keydown', (event) => event.key === 'Escape' && this.#escape(event));
  }

  get words() {
    return this.input.value.trim();
  }

  /** Looks now. @param {boolean} done the reader has finished */
  async look(done = false) {
    clearTimeout(this.#timer);
    if (done) this.#shut = false;
    const { words } = this;
    const turn = (this.#turn += 1);
    if (!words) return this.#show('', []);
    const slow = setTimeout(() => this.box.setAttribute('aria-busy', 'true'), SLOW_MS);
    try {
      const found = await this.search.find(words, done);
      if (turn === this.#turn) this.#show(words, found);
    } catch (fault) {
      if (turn === this.#turn) this.#fail(fault);
    } finally {
      clearTimeout(slow);
      if (turn === this.#turn) this.box.removeAttribute('aria-busy');
    }
  }

  #typed() {
    clearTimeout(this.#timer);
    this.#shut = false;
    this.#point(-1);
    if (!this.words) return void this.look();
    this.#timer = window.setTimeout(() => this.look(), PAUSE_MS);
  }

  /** @param {string} words @param {Found[]} found */
  #show(words, found) {
    const { t, locale, ways } = this.search;
    const focused = this.input.parentElement?.contains(document.activeElement) ?? false;
    this.#asked = words;
    this.#found = found;
    this.#active = -1;
    fill(this.list, ...found.map((one, at) => option(one, `${this.list.id}-${at}`, locale, () => this.#choose(one))));
    this.list.hidden = !found.length;
    const none = words && !found.length ? [h('p', {}, h('b', {}, t('help.found_none', { query: words })), h('span', {}, t('help.found_none_text'))), ...(ways?.(words) ?? [])] : [];
    fill(this.apart, ...none);
    fill(this.said, !words ? '' : found.length ? t('help.results.count', { count: found.length }) : t('help.found_none', { query: words }));
    this.#open(!!words && focused && !this.#shut);
  }

  /** @param {unknown} fault */
  #fail(fault) {
    const { t } = this.search;
    const words = t(fault instanceof Problem && fault.code === 'offline' ? 'help.offline' : 'help.failed');
    this.#found = [];
    fill(this.list);
    this.list.hidden = true;
    fill(this.apart, h('p', { class: 'search-fault', role: 'alert' }, icon('alert'), h('span', {}, words)), h('button', { class: 'button small', type: 'button', onclick: () => (this.input.focus(), this.look()) }, icon('retry'), t('notice.try_again')));
    this.#open(true);
  }

  /** @param {boolean} open */
  #open(open) {
    this.box.hidden = !open;
    this.input.setAttribute('aria-expanded', String(open && this.#found.length > 0));
    if (!open) this.#point(-1);
  }

  /** @param {number} at the option that Enter takes; -1: none */
  #point(at) {
    this.list.children[this.#active]?.setAttribute('aria-selected', 'false');
    this.#active = at;
    const option = this.list.children[at];
    option?.setAttribute('aria-selected', 'true');
    option?.scrollIntoView({ block: 'nearest' });
    if (option) this.input.setAttribute('aria-activedescendant', option.id);
    else this.input.removeAttribute('aria-activedescendant');
  }

  /** @param {Found} found */
  #choose(found) {
    this.#open(false);
    this.search.choose(found);
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (event.isComposing) return;
    const { length } = this.#found;
    if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && length) {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      if (this.box.hidden) this.#open(true);
      this.#point(((this.#active + 1 + step + length + 1) % (length + 1)) - 1);
    } else if (event.key === 'Enter') {
      const chosen = this.box.hidden ? undefined : this.#found[this.#active];
      if (chosen || !this.search.page) event.preventDefault();
      if (chosen) this.#choose(chosen);
      else if (!this.search.page && this.words) void this.look(true);
    }
  }

  /** @param {KeyboardEvent} event */
  #escape(event) {
    if (this.box.hidden) return;
    event.preventDefault(); // of what is around it nothing closes
    event.stopPropagation();
    this.input.focus();
    this.#shut = true;
    this.#open(false);
  }
}

/** @param {Found} found @param {string} id @param {string} locale @param {() => void} choose */
function option({ section, title, fragment, locale: lang }, id, locale, choose) {
  const other = lang !== locale && lang;
  return h('li', { id, role: 'option', 'aria-selected': 'false', onclick: choose }, h('small', {}, section), h('b', { lang: other, dir: 'auto' }, ...marked(title)), h('span', { lang: other, dir: 'auto' }, ...marked(fragment)));
}

/** @param {import('./articles.js').Piece[]} pieces */
export function marked(pieces) {
  return pieces.map(({ text, hit }) => (hit ? h('mark', {}, text) : text));
}

import { Articles } from '../shared/articles.js';
import { h, fill } from '../shared/dom.js';
import { icon } from '../shared/icons.js';
import { ask } from './context.js';
import { sectionsOf } from './facts.js';

const PAUSE_MS = 500; // whoever writes is not looking
const LEAST = 5; // letters, one word of three among them, say what it is about
const MOST = 3;
const MAX_WORDS = 200; // more of them the search does not take

/**
 * Offers articles below a field in which the visitor says what it is about, once for each field.
 *
 * @param {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement | null} field
 * @param {import('./model.js').State} state
 * @param {import('./context.js').Context} context
 */
export function offerArticles(field, state, context) {
  const there = field?.nextElementSibling;
  if (there instanceof Offers) return there.meet();
  if (!field || !sectionsOf(state, context).includes('help')) return;
  field.after(Object.assign(new Offers(), { field, context }));
}

/** `<mayfly-offers>`: up to three articles that fit what stands in `field` so far. Takes no focus, and stays away once it was sent away. */
export class Offers extends HTMLElement {
  /** @type {import('./context.js').Context} */ context = /** @type {any} */ (null);
  /** @type {HTMLInputElement | HTMLTextAreaElement} */ field = /** @type {any} */ (null);
  #list = h('ul');
  #said = h('p', { class: 'visually-hidden', role: 'status' });
  #box = h('div', { class: 'offers', role: 'group', hidden: true });
  /** @type {string | null} */ #who = null;
  /** @type {object | null} what was asked last; an answer to anything else comes too late */ #asking = null;
  #words = '';
  #shown = '';
  /** @type {number | undefined} */ #timer;

  connectedCallback() {
    const { t } = this.context;
    this.#box.setAttribute('aria-label', t('help.offers'));
    fill(this.#box, h('p', {}, t('help.offers'), h('button', { class: 'icon-button', type: 'button', 'aria-label': t('panel.dismiss'), title: t('panel.dismiss'), onclick: () => this.#dismiss() }, icon('close'))), this.#list);
    this.append(this.#box, this.#said);
    this.field.addEventListener('input', this.#typed);
    this.meet();
  }

  /** Looks for who is here: what another may read is not shown to them. */
  meet() {
    const who = String(this.context.identity());
    if (who === this.#who) return;
    this.#who = who;
    this.#words = '';
    this.#asking = null;
    this.#show([]);
    void this.#look();
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
    this.field.removeEventListener('input', this.#typed);
  }

  #typed = () => {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#look(), PAUSE_MS);
  };

  /** A question that is being written: the search is never told as finished, so nothing of it is counted or kept. */
  async #look() {
    const { config, locale, identity, keep } = this.context;
    const words = this.field.value.trim().slice(0, MAX_WORDS);
    if (keep.get('unoffered') || words === this.#words) return;
    this.#words = words;
    const asking = (this.#asking = {});
    const telling = words.length >= LEAST && /[\p{L}\p{N}]{3}/u.test(words);
    const found = telling ? await new Articles(config.site, locale, identity).find(words).catch(() => []) : []; // an offer that fails is none
    if (asking === this.#asking && this.isConnected && !keep.get('unoffered')) this.#show(found.slice(0, MOST));
  }

  /** @param {import('../shared/articles.js').Found[]} found */
  #show(found) {
    const { t, locale } = this.context;
    const shown = found.map(({ slug }) => slug).join();
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#box.hidden = !found.length;
    fill(this.#list, ...found.map(({ slug, title, locale: lang }) => h('li', {}, h('button', { type: 'button', lang: lang !== locale && lang, onclick: () => this.#open(slug) }, icon('book'), h('span', { dir: 'auto' }, title.map(({ text }) => text).join(''))))));
    fill(this.#said, found.length ? t('help.offers.count', { count: found.length }) : '');
  }

  /** @param {string} slug */
  #open(slug) {
    this.context.typing = this.field.name;
    ask(this, { do: 'go', screen: 'help', reading: slug, over: true });
  }

  #dismiss() {
    this.context.keep.set('unoffered', true);
    this.#show([]);
    this.field.focus();
  }
}

customElements.define('mayfly-offers', Offers);

import { Articles } from '../shared/articles.js';
import { Problem } from '../shared/desk.js';
import { h, fill } from '../shared/dom.js';
import { icon } from '../shared/icons.js';
import { SearchField } from '../shared/search-field.js';
import { ArticleView } from './article.js';
import { ask } from './context.js';
import { ways } from './ways.js';

/** @typedef {import('../shared/articles.js').Chapter} Chapter */

const ALL_UNFOLDED = 12; // articles; with more of them one looks for the section first

/** `<mayfly-help>`: the help articles: a search, the table of contents, and one of them. */
export class Help extends HTMLElement {
  /** @type {import('./context.js').Context} */ context = /** @type {any} */ (null);
  /** @type {Articles} */ #articles = /** @type {any} */ (null);
  /** @type {import('./model.js').State | null} */ #state = null;
  #input = h('input', { id: 'help-search', type: 'text', inputMode: 'search', enterKeyHint: 'search', maxLength: 200, dir: 'auto' });
  #contents = h('div', { class: 'help-contents' });
  #home = h('div', { class: 'help-home' });
  #one = h('div', { class: 'help-one', hidden: true });
  #who = '';
  #asked = false;
  #failed = false; // then the reader asks again, or comes back
  /** @type {string | null} */ #reading = null;

  connectedCallback() {
    const { t, config, locale, identity } = this.context;
    this.#articles = new Articles(config.site, locale, identity);
    this.#input.placeholder = t('help.search_hint');
    this.#input.setAttribute('aria-label', t('help.search_label'));
    fill(this.#home, h('div', { class: 'search', role: 'search' }, icon('search'), this.#input), this.#contents);
    new SearchField(this.#input, {
      t,
      locale,
      find: (words, done) => this.#articles.find(words, done),
      choose: ({ slug }) => this.#go(slug),
      ways: (words) => (this.#state ? [ways(this.#state, this.context, words, () => this.#articles.find(words, true).catch(() => null))] : []),
    });
    this.append(this.#home, this.#one);
  }

  /** @param {import('./model.js').State} state */
  render(state) {
    if (state.screen !== 'help') return; // another view is on its way
    this.#state = state;
    const who = String(this.context.identity());
    const other = who !== this.#who;
    this.#who = who;
    if (other) this.#asked = false;
    const reading = state.reading === null ? null : decoded(String(state.reading));
    if (reading !== this.#reading || (other && reading)) this.#turn(reading);
    else if (!reading && !this.#asked) void this.#load();
  }

  focusFirst() {
    const title = this.#one.hidden ? this.#input : this.#one.querySelector('h2');
    title?.focus({ preventScroll: true });
  }

  /** @param {string} slug */
  #go(slug) {
    ask(this, { do: 'go', screen: 'help', reading: slug });
  }

  /** @param {string | null} reading */
  #turn(reading) {
    const before = this.#reading;
    this.#reading = reading;
    this.#home.hidden = reading !== null;
    this.#one.hidden = reading === null;
    if (reading !== null) {
      const view = new ArticleView();
      Object.assign(view, { context: this.context, articles: this.#articles, slug: reading, state: () => this.#state });
      view.addEventListener('follow', (event) => this.#go(/** @type {CustomEvent} */ (event).detail));
      fill(this.#one, view);
      return;
    }
    fill(this.#one);
    if (!this.#asked || this.#failed) void this.#load();
    const row = [...this.#contents.querySelectorAll('button')].find(({ dataset }) => dataset.slug === before);
    if (!this.#input.value && row?.checkVisibility()) row.focus();
    else if (!this.context.touch) this.#input.focus(); // with what was found
  }

  async #load() {
    const { t } = this.context;
    const who = this.#who;
    this.#asked = true;
    fill(this.#contents, h('div', { class: 'skeleton', role: 'status', 'aria-label': t('help.loading') }, ...Array.from({ length: 6 }, () => h('i'))));
    const shown = await this.#articles.contents().catch((fault) => fault);
    if (who !== this.#who) return; // somebody else is here
    this.#failed = shown instanceof Error;
    fill(this.#contents, ...(shown instanceof Error ? [this.#fault(shown)] : this.#chapters(shown.sections)));
  }

  /** @param {Chapter[]} chapters */
  #chapters(chapters) {
    const { t } = this.context;
    const all = chapters.reduce((sum, { articles }) => sum + articles.length, 0);
    if (!all) return [h('p', { class: 'help-none' }, t('help.empty'))];
    return chapters.map(({ title, articles }) =>
      h(
        'details',
        { class: 'chapter', open: all <= ALL_UNFOLDED || chapters.length === 1 },
        h('summary', {}, h('h2', {}, title), h('small', {}, t('help.articles', { count: articles.length })), icon('chevron')),
        h('ul', {}, ...articles.map((one) => h('li', {}, this.#row(one)))),
      ),
    );
  }

  /** @param {import('../shared/articles.js').Entry} entry */
  #row({ slug, locale, title, summary }) {
    const lang = locale !== this.context.locale && locale;
    return h('button', { class: 'help-row', type: 'button', lang, 'data-slug': slug, onclick: () => this.#go(slug) }, h('span', {}, h('b', { dir: 'auto' }, title), h('small', { dir: 'auto' }, summary)), icon('chevron'));
  }

  /** @param {Error} fault */
  #fault(fault) {
    const { t } = this.context;
    const words = t(fault instanceof Problem && fault.code === 'offline' ? 'help.offline' : 'error.internal');
    return h('div', { class: 'requests-fault', role: 'alert' }, icon('alert'), h('p', {}, words), h('button', { class: 'button small', type: 'button', onclick: () => this.#load() }, icon('retry'), t('notice.try_again')));
  }
}

/** A name as it may stand in a page's address. @param {string} slug */
function decoded(slug) {
  try {
    return decodeURIComponent(slug);
  } catch {
    return slug;
  }
}

customElements.define('mayfly-help', Help);

import { Problem } from '../shared/desk.js';
import { h, fill } from '../shared/dom.js';
import { icon } from '../shared/icons.js';
import { drawBody, idOf } from '../shared/prose.js';
import { ask } from './context.js';
import { Feedback } from './feedback.js';

/** @typedef {import('../shared/articles.js').Article} Article */

/**
 * `<mayfly-article>`: one help article with what readers say of it.
 *
 * Set `context`, `articles`, `slug` and `state`. Dispatches `follow` with the slug of another article.
 */
export class ArticleView extends HTMLElement {
  /** @type {import('./context.js').Context} */ context = /** @type {any} */ (null);
  /** @type {import('../shared/articles.js').Articles} */ articles = /** @type {any} */ (null);
  /** @type {() => import('./model.js').State | null} */ state = () => null;
  slug = '';
  #zoom = h('dialog', { class: 'zoomed' });
  /** @type {string | undefined} */ #locale;

  connectedCallback() {
    this.#zoom.addEventListener('click', () => this.#zoom.close());
    this.#zoom.addEventListener('keydown', (event) => event.key === 'Escape' && event.stopPropagation()); // it closes the picture, not the panel
    void this.#load();
  }

  /** @param {string} [locale] another than the reader's */
  async #load(locale) {
    const { t } = this.context;
    this.#locale = locale;
    fill(this, h('div', { class: 'skeleton', role: 'status', 'aria-label': t('help.loading') }, ...Array.from({ length: 6 }, () => h('i'))));
    const told = await this.articles.read(this.slug, locale).catch((fault) => fault);
    if (!this.isConnected || locale !== this.#locale) return;
    if (told instanceof Error) return void fill(this, this.#fault(told));
    fill(this, this.#article(told), this.#feedback(told), this.#zoom);
    if (document.hasFocus() && this.checkVisibility()) this.querySelector('h2')?.focus({ preventScroll: true });
  }

  /** @param {Article} article */
  #article(article) {
    const { title, section, author, published, updated, locale, link } = article;
    const { t } = this.context;
    /** @param {string} words @param {string} day */
    const dated = (words, day) => h('span', {}, t(words), ' ', h('time', { dateTime: day }, dayOf(day, this.context.locale)));
    const languages = this.#languages(article);
    return h(
      'article',
      { lang: locale },
      h('p', { class: 'section', lang: this.context.locale }, h('button', { type: 'button', onclick: () => ask(this, { do: 'go', screen: 'help' }) }, t('help.contents')), h('span', { 'aria-hidden': true }, '›'), h('span', {}, section.title)),
      h('h2', { tabIndex: -1, dir: 'auto' }, title),
      h('p', { class: 'meta', lang: this.context.locale }, author && h('span', { dir: 'auto' }, author), published && dated('help.published', published), updated && updated !== published && dated('help.updated', updated)),
      languages,
      h('div', { class: 'prose', dir: 'auto' }, ...drawBody(article.body, { t, follow: (slug, anchor) => this.#follow(slug, anchor), enlarge: (image) => this.#enlarge(image) })),
      link && h('p', { class: 'apart', lang: this.context.locale }, h('a', { href: link, target: '_blank', rel: 'noopener' }, icon('link'), t('help.as_page'))),
    );
  }

  /** @param {Article} article */
  #languages({ locales, locale }) {
    if (locales.length < 2) return null;
    const { t } = this.context;
    const name = (/** @type {string} */ tag) => new Intl.DisplayNames(tag, { type: 'language' }).of(tag) ?? tag;
    return h('div', { class: 'languages', role: 'group', 'aria-label': t('help.language') }, ...locales.toSorted().map((tag) => h('button', { type: 'button', lang: tag, 'aria-pressed': tag === locale, onclick: () => tag !== locale && this.#load(tag) }, name(tag))));
  }

  /** @param {Article} article */
  #feedback(article) {
    const feedback = new Feedback();
    return Object.assign(feedback, { context: this.context, articles: this.articles, article, state: this.state });
  }

  /** @param {string | null} slug @param {string | null} anchor */
  #follow(slug, anchor) {
    if (slug && slug !== this.slug) return void this.dispatchEvent(new CustomEvent('follow', { detail: slug }));
    const place = this.querySelector(anchor ? `[id="${CSS.escape(idOf(anchor))}"]` : 'h2');
    place?.scrollIntoView({ block: 'start' });
    if (place instanceof HTMLElement) place.focus({ preventScroll: true });
  }

  /** @param {HTMLImageElement} image */
  #enlarge({ src, alt, naturalWidth }) {
    const close = h('button', { class: 'icon-button', type: 'button', 'aria-label': this.context.t('panel.close') }, icon('close'));
    fill(this.#zoom, h('div', { tabIndex: 0 }, h('img', { src, alt, style: { 'inline-size': `${Math.max(naturalWidth, innerWidth)}px` } })), close);
    this.#zoom.setAttribute('aria-label', alt || this.context.t('help.enlarge_it'));
    this.#zoom.showModal();
    close.focus();
  }

  /** @param {Error} fault */
  #fault(fault) {
    const { t } = this.context;
    const code = fault instanceof Problem ? fault.code : 'internal';
    const words = code === 'offline' ? t('help.offline') : code === 'not_found' ? t('help.gone') : t('error.internal');
    return h('div', { class: 'requests-fault', role: 'alert' }, icon('alert'), h('p', {}, words), code !== 'not_found' && h('button', { class: 'button small', type: 'button', onclick: () => this.#load(this.#locale) }, icon('retry'), t('notice.try_again')));
  }
}

/** A day of the calendar, whatever the clock says. @param {string} day as 2027-01-31 @param {string} locale */
function dayOf(day, locale) {
  return new Date(day).toLocaleDateString(locale, { dateStyle: 'long', timeZone: 'UTC' });
}

customElements.define('mayfly-article', ArticleView);

/**
 * The service's help articles, as one reader sees them.
 *
 * @typedef {{slug: string, locale: string, title: string, summary: string, link: string | null}} Entry
 * @typedef {{key: string, title: string, articles: Entry[]}} Chapter
 * @typedef {{text: string, hit: boolean}} Piece
 * @typedef {{slug: string, locale: string, section: string, title: Piece[], fragment: Piece[], link: string | null}} Found
 * @typedef {{slug: string, locale: string, locales: string[], title: string, section: {key: string, title: string}, author: string | null, published: string | null, updated: string | null, body: import('./prose.js').Block[], link: string | null}} Article
 * @typedef {{id: string, name: string | null, text: string, created_at: string}} Comment
 */

import { call, Problem } from './desk.js';

export class Articles {
  /**
   * @param {string} site
   * @param {string} locale the reader's language
   * @param {() => string | null} bearer an identity
   */
  constructor(site, locale, bearer = () => null) {
    this.base = `/api/sites/${encodeURIComponent(site)}`;
    this.locale = locale;
    this.bearer = bearer;
  }

  /** The table of contents. @returns {Promise<{sections: Chapter[]}>} */
  contents() {
    return this.#call('GET', '/articles');
  }

  /**
   * @param {string} words in the body, for they may be a question that is not sent to anybody yet
   * @param {boolean} done the reader has finished: then words that find nothing may be counted
   * @returns {Promise<Found[]>} the best first
   */
  async find(words, done = false) {
    return (await this.#call('POST', '/searches', this.locale, { q: words, done })).found;
  }

  /** @param {string} slug @param {string} [locale] @returns {Promise<Article>} */
  read(slug, locale) {
    return this.#call('GET', `/articles/${encodeURIComponent(slug)}`, locale);
  }

  /** @param {Article} article @param {boolean} helpful @param {string} ref who says so again thinks anew @returns {Promise<null>} */
  vote({ slug, locale }, helpful, ref) {
    return this.#call('POST', `/articles/${encodeURIComponent(slug)}/vote`, locale, { helpful, ref });
  }

  /** Those that were approved. @param {Article} article @returns {Promise<Comment[]>} */
  async comments({ slug, locale }) {
    return (await this.#call('GET', `/articles/${encodeURIComponent(slug)}/comments`, locale)).comments;
  }

  /** @param {Article} article @param {{text: string, name: string | null}} comment @returns {Promise<null>} */
  comment({ slug, locale }, comment) {
    return this.#call('POST', `/articles/${encodeURIComponent(slug)}/comments`, locale, comment);
  }

  /**
   * Whose identity is not good any more still reads what everybody may.
   *
   * @param {string} method @param {string} path @param {string} [locale] @param {object} [body]
   */
  async #call(method, path, locale = this.locale, body) {
    const address = `${this.base}${path}?${new URLSearchParams({ locale })}`;
    try {
      return await call(method, address, this.bearer(), body);
    } catch (fault) {
      if (fault instanceof Problem && fault.code.startsWith('identity_')) return call(method, address, null, body);
      throw fault;
    }
  }
}

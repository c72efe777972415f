/**
 * What can be put into a chat or an answer: answers that are given again and again, with the places in them filled in, and
 * articles of the site's help, in the language of who is written to.
 *
 * @import { Translate } from '../shared/i18n.js'
 * @import { Api } from './api.js'
 * @import { SiteConfig } from './console.js'
 * @import { Articles, Named, Piece, Results } from './help/types.js'
 * @import { Insertion } from './slash.js'
 * @import { Known } from './tickets/known.js'
 * @import { Template } from './tickets/types.js'
 */

/**
 * @typedef {object} Wanted
 * @property {string} site
 * @property {string | null | undefined} locale
 * @property {Record<string, string>} values what templates say, by placeholder
 * @property {boolean} identified the reader has shown an identity, and reads in the panel: nobody else can open articles that are not for everybody
 */

const MOST = 8;

export class Insertions {
  #parts;

  /** @param {{api: Api, known: Known, sites: Record<string, SiteConfig>, origin: string, t: Translate}} parts `origin`: where visitors find the service */
  constructor(parts) {
    this.#parts = parts;
  }

  /**
   * Templates first; without a query the first of each. What cannot be had is left out while there is anything.
   * @param {string} query
   * @param {Wanted} wanted
   * @param {AbortSignal} signal
   * @returns {Promise<Insertion[]>}
   */
  async find(query, { site, locale, values, identified }, signal) {
    const { api, known, sites } = this.#parts;
    const help = () => (query ? api.searchArticles(site, query, locale, signal) : api.articles(site, locale, signal));
    const [templates, articles] = await Promise.allSettled([known.templates(), sites[site]?.help ? help() : null]);
    const found = [
      ...(templates.status === 'fulfilled' ? matching(templates.value, query).map((one) => template(one, values)) : []),
      ...(articles.status === 'fulfilled' && articles.value ? this.#articles(articles.value, site, identified) : []),
    ];
    for (const { status, reason } of /** @type {PromiseRejectedResult[]} */ ([templates, articles])) if (status === 'rejected' && !found.length) throw reason;
    return found;
  }

  /**
   * @param {Articles | Results} articles
   * @param {string} site
   * @param {boolean} identified
   * @returns {Insertion[]}
   */
  #articles(articles, site, identified) {
    const open = (/** @type {Named} */ { link }) => identified || link !== null;
    if (articles.found) return articles.found.filter(open).map((one) => this.#article(one, one.title, `${one.section} · ${one.fragment.map(({ text }) => text).join('')}`, site));
    const all = articles.sections.flatMap(({ title, articles: inside }) => inside.filter(open).map((one) => this.#article(one, plain(one.title), `${title} · ${one.summary}`, site)));
    return all.slice(0, MOST);
  }

  /**
   * @param {Named} named
   * @param {readonly Piece[]} title
   * @param {string} about
   * @param {string} site
   * @returns {Insertion}
   */
  #article({ slug, locale, link }, title, about, site) {
    const { t, origin } = this.#parts;
    const words = title.map(({ text }) => text).join('');
    const path = link ?? `/help/${site}/${locale}/${slug}`;
    return { kind: 'article', title, about, mark: link ? undefined : t('console.slash.not_public'), text: `${words}: ${origin}${path} ` };
  }
}

/** @param {string} text @returns {Piece[]} */
function plain(text) {
  return [{ text, hit: false }];
}

/**
 * @param {readonly Template[]} templates
 * @param {string} query
 */
function matching(templates, query) {
  const wanted = query.toLocaleLowerCase();
  return templates.filter(({ title, text }) => `${title}\n${text}`.toLocaleLowerCase().includes(wanted)).slice(0, MOST);
}

/**
 * What is not known goes, with the comma and the space before it: "Hello {name}," becomes "Hello,".
 * @param {Template} template
 * @param {Record<string, string>} values
 * @returns {Insertion}
 */
function template({ title, text }, values) {
  const filled = text.replace(/(,? )?\{(\w+)\}/g, (_, before = '', name) => (values[name] ? before + values[name] : ''));
  return { kind: 'template', title: plain(title), about: text.replace(/\s+/g, ' ').slice(0, 160), text: filled };
}

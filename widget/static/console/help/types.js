/**
 * What the service tells agents of help articles.
 *
 * @typedef {{text: string, hit: boolean}} Piece some text; `hit` where it is what was searched for
 * @typedef {{slug: string, locale: string, link: string | null}} Named `link` null: it is not for everybody
 * @typedef {Named & {title: string, summary: string}} Listed
 * @typedef {Named & {section: string, title: Piece[], fragment: Piece[]}} Found
 * @typedef {{locale: string, sections: {key: string, title: string, articles: Listed[]}[], found: null}} Articles
 * @typedef {{locale: string, found: Found[]}} Results
 *
 * @typedef {{id: string, site: string, slug: string, locale: string, name: string | null, text: string, approved: boolean, created_at: string, title: string | null, link: string | null}} Comment
 *   `title` null: the article has gone
 * @typedef {{slug: string, locale: string, title: string | null, link: string | null, helpful: number, unhelpful: number, comments: number}} Rating
 * @typedef {{locale: string, words: string, times: number, last_on: string}} Miss
 */

export {};

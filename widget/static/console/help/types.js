/**
 * What the service tells agents of help articles.
 *
 * @typedef {{text: string, hit: boolean}} Piece some text; `hit` where it is what was searched for
 * @typedef {{slug: string, locale: string, link: string | null}} Named `link` null: it is not for everybody
 * @typedef {Named & {title: string, summary: string}} Listed
 * @typedef {Named & {section: string, title: Piece[], fragment: Piece[]}} Found
 * @typedef {{locale: string, sections: {key: string, title: string, articles: Listed[]}[], found: Found[] | null}} Articles
 */

export {};

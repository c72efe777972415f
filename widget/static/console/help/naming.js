/** What lists and reports of articles share. */

import { h } from '../../shared/dom.js';

/**
 * @import { Translate } from '../../shared/i18n.js'
 * @import { Parts } from './desk.js'
 */

/**
 * An article by its title, as a link to its public page where it has one, with its language where there are several.
 *
 * @param {{slug: string, locale: string, title: string | null, link: string | null}} article
 * @param {Pick<Parts, 't' | 'locale'>} parts
 */
export function articleName({ slug, locale, title, link }, { t, locale: reader }) {
  const words = title ?? slug;
  return h(
    'span',
    { class: 'article-name' },
    link ? h('a', { href: link, target: '_blank', rel: 'noopener', dir: 'auto' }, words) : h('b', { dir: 'auto' }, words),
    h('small', {}, [languageName(locale, reader), !link && t(title ? 'console.slash.not_public' : 'console.help.article_gone')].filter(Boolean).join(' · ')),
  );
}

/**
 * @param {string} locale
 * @param {string} reader
 */
export function languageName(locale, reader) {
  return new Intl.DisplayNames(reader, { type: 'language' }).of(locale) ?? locale;
}

/** Something is on its way. @param {Translate} t */
export function waitingBones(t) {
  return h('div', { class: 'bones', role: 'status' }, h('span', { class: 'visually-hidden' }, t('console.slash.looking')), ...Array.from({ length: 5 }, (_, at) => h('i', { style: { '--at': at } })));
}

/** Search as one types on the help pages; without it, and for the whole list, the form itself leads to what is found. */

import { Articles } from '../shared/articles.js';
import { createTranslate } from '../shared/i18n.js';
import { SearchField } from '../shared/search-field.js';
import { byId } from './form.js';

const { site, locale, strings } = JSON.parse(byId('config').textContent ?? '');
const articles = new Articles(site, locale);

new SearchField(/** @type {HTMLInputElement} */ (byId('q')), {
  t: createTranslate(strings, locale),
  locale,
  find: (words) => articles.find(words),
  choose: ({ link }) => link && location.assign(link),
  page: true,
});

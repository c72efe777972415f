/** `<mayfly-searches>`: what readers searched for and did not find, for sites that want to know. */

import { h } from '../../shared/dom.js';
import { sign } from '../draw.js';
import { emptyState } from '../empty.js';
import { languageName } from './naming.js';
import { Report, table } from './report.js';

/** @import { Miss } from './types.js' */

/** @extends {Report<Miss>} */
export class Searches extends Report {
  called = 'console.help.searches_title';

  ask() {
    return this.parts.api.missedSearches(this.site);
  }

  /** @param {Miss[]} rows */
  table(rows) {
    const { t, locale } = this.parts;
    const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }); // only the day is kept
    const heads = ['words', 'language', 'times', 'last'].map((name) => t(`console.help.column.${name}`));
    const row = (/** @type {Miss} */ { words, locale: of, times, last_on: last }) =>
      h('tr', {}, h('th', { scope: 'row', dir: 'auto' }, words), h('td', {}, languageName(of, locale)), h('td', {}, new Intl.NumberFormat(locale).format(times)), h('td', {}, day.format(new Date(last))));
    return table(heads, rows.map(row));
  }

  none() {
    const { t, sites } = this.parts;
    if (sites[this.site]?.search_report) return emptyState(sign('search'), t('console.help.searches_none'), t('console.help.searches_none_text'));
    const setting = h('pre', {}, `[sites.${this.site}]\nsearch_report = true`);
    return emptyState(sign('search'), t('console.help.searches_off'), t('console.help.searches_off_text'), setting, h('p', {}, t('console.help.searches_privacy')));
  }
}

customElements.define('mayfly-searches', Searches);

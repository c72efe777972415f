/** `<mayfly-ratings>`: how many found each article helpful, and how many comments it has. */

import { h } from '../../shared/dom.js';
import { sign } from '../draw.js';
import { emptyState } from '../empty.js';
import { articleName } from './naming.js';
import { Report, table } from './report.js';

/** @import { Rating } from './types.js' */

const GOOD = 0.8;
const FAIR = 0.5;

/** @extends {Report<Rating>} */
export class Ratings extends Report {
  called = 'console.help.ratings_title';

  ask() {
    return this.parts.api.ratings(this.site);
  }

  /** @param {Rating[]} rows */
  table(rows) {
    const { t } = this.parts;
    const heads = ['article', 'share', 'helpful', 'unhelpful', 'comments'].map((name) => t(`console.help.column.${name}`));
    return table(heads, rows.map((row) => this.#row(row)));
  }

  /** @param {Rating} row */
  #row(row) {
    const { locale } = this.parts;
    const number = new Intl.NumberFormat(locale);
    const all = row.helpful + row.unhelpful;
    const part = all ? row.helpful / all : 0;
    const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }).format(part);
    const share = all
      ? h('td', { class: part >= GOOD ? 'good' : part >= FAIR ? 'fair' : 'bad' }, h('b', {}, percent), h('span', { class: 'meter-line', 'aria-hidden': true, style: { '--part': part } }))
      : h('td', { class: 'nothing' }, '–');
    return h('tr', {}, h('th', { scope: 'row' }, articleName(row, this.parts)), share, ...[row.helpful, row.unhelpful, row.comments].map((count) => h('td', {}, number.format(count))));
  }

  none() {
    const { t } = this.parts;
    return emptyState(sign('chart'), t('console.help.ratings_none'), t('console.help.ratings_none_text'));
  }
}

customElements.define('mayfly-ratings', Ratings);

/** `<mayfly-promises-report>`: how many promised answers were kept and broken, by week and team. */

import { h, fill, icon } from '../../shared/dom.js';
import { codeOf } from '../api.js';
import { emptyState } from '../empty.js';
import { formHead } from './form-parts.js';

/**
 * @import { Translate } from '../../shared/i18n.js'
 * @import { Api } from '../api.js'
 * @import { PromiseRow } from '../tickets/types.js'
 */

const SPANS = [4, 12, 26];
const AHEAD = 31; // days: what is answered already may be due as late
const DAY_MS = 86_400_000;

export class PromisesReport extends HTMLElement {
  #parts;
  #weeks = SPANS[1];
  #spans = h('div', { class: 'segments', role: 'group' });
  #body = h('div', { class: 'report-body', tabIndex: 0, role: 'region' });

  /** @param {{t: Translate, locale: string, api: Api, teams: Record<string, string>}} parts */
  constructor(parts) {
    super();
    this.#parts = parts;
    const { t } = parts;
    this.#spans.setAttribute('aria-label', t('console.promises.span'));
    this.#body.setAttribute('aria-label', t('console.promises.title'));
    this.append(formHead(t('console.promises.title'), t('console.promises.text'), this, t), this.#spans, this.#body);
  }

  connectedCallback() {
    void this.#load(this.#weeks);
  }

  /** @param {number} weeks */
  async #load(weeks) {
    const { t, api } = this.#parts;
    this.#weeks = weeks;
    const span = (/** @type {number} */ count) =>
      h('button', { type: 'button', 'aria-pressed': count === weeks, onclick: () => void this.#load(count) }, t('console.promises.weeks', { count }));
    fill(this.#spans, ...SPANS.map(span));
    fill(this.#body, h('p', { class: 'loading', role: 'status' }, t('console.loading')));
    const day = (/** @type {number} */ at) => new Date(at).toISOString().slice(0, 10);
    const now = Date.now();
    try {
      const rows = await api.promises({ from: day(now - weeks * 7 * DAY_MS), to: day(now + AHEAD * DAY_MS) });
      if (weeks === this.#weeks) this.#draw(rows);
    } catch (reason) {
      const retry = h('button', { class: 'button small', type: 'button', onclick: () => void this.#load(weeks) }, t('console.tickets.retry'));
      fill(this.#body, emptyState(icon('alert'), t(`error.${codeOf(reason)}`), '', retry));
    }
  }

  /** @param {PromiseRow[]} rows */
  #draw(rows) {
    const { t, teams } = this.#parts;
    if (rows.length === 0) return void fill(this.#body, emptyState(icon('clock'), t('console.promises.empty'), t('console.promises.empty_text')));
    const named = [...new Set(rows.map(({ team }) => team ?? ''))].sort();
    const weeks = [...new Set(rows.map(({ week }) => week))].sort().reverse();
    const of = (/** @type {string} */ week, /** @type {string} */ team) => rows.find((row) => row.week === week && (row.team ?? '') === team);
    const total = (/** @type {PromiseRow[]} */ some) => some.reduce((sum, { kept, broken }) => ({ kept: sum.kept + kept, broken: sum.broken + broken }), { kept: 0, broken: 0 });
    fill(
      this.#body,
      h(
        'table',
        {},
        h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, t('console.promises.week')), ...named.map((team) => h('th', { scope: 'col' }, teams[team] ?? (team || t('console.change.no_team')))), h('th', { scope: 'col' }, t('console.promises.all')))),
        h(
          'tbody',
          {},
          ...weeks.map((week) =>
            h('tr', {}, h('th', { scope: 'row' }, this.#weekOf(week)), ...named.map((team) => this.#cell(of(week, team))), this.#cell(total(rows.filter((row) => row.week === week)))),
          ),
        ),
        h('tfoot', {}, h('tr', {}, h('th', { scope: 'row' }, t('console.promises.together')), ...named.map((team) => this.#cell(total(rows.filter((row) => (row.team ?? '') === team)))), this.#cell(total(rows)))),
      ),
    );
  }

  /** @param {{kept: number, broken: number} | undefined} row */
  #cell(row) {
    const { t, locale } = this.#parts;
    const all = row ? row.kept + row.broken : 0;
    if (!row || !all) return h('td', { class: 'nothing' }, '–');
    const part = row.kept / all;
    const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }).format(part);
    const words = t('console.promises.of', { kept: row.kept, all });
    return h('td', { class: part >= 0.95 ? 'good' : part >= 0.8 ? 'fair' : 'bad' }, h('b', {}, percent), h('small', {}, words), h('span', { class: 'meter-line', 'aria-hidden': true, style: { '--part': part } }));
  }

  /** "2 – 8 Feb" for 2027-W05. @param {string} week */
  #weekOf(week) {
    const [year, number] = week.split('-W').map(Number);
    const fourth = new Date(Date.UTC(year, 0, 4));
    const monday = new Date(fourth.getTime() + ((number - 1) * 7 - ((fourth.getUTCDay() + 6) % 7)) * DAY_MS);
    const range = new Intl.DateTimeFormat(this.#parts.locale, { day: 'numeric', month: 'short', timeZone: 'UTC' });
    return range.formatRange(monday, new Date(monday.getTime() + 6 * DAY_MS));
  }
}

customElements.define('mayfly-promises-report', PromisesReport);

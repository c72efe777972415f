/** A report of one site, as a table that is asked for once; what it says while there is nothing is the report's own. */

import { h, fill, icon } from '../../shared/dom.js';
import { codeOf } from '../api.js';
import { emptyState } from '../empty.js';
import { waitingBones } from './naming.js';

/** @import { Parts } from './desk.js' */

/** @template Row */
export class Report extends HTMLElement {
  /** What it is called: a key. */ called = '';

  /**
   * @param {Parts} parts
   * @param {string} site
   */
  constructor(parts, site) {
    super();
    this.parts = parts;
    this.site = site;
  }

  connectedCallback() {
    this.classList.add('report-body');
    this.tabIndex = 0;
    this.setAttribute('role', 'region');
    this.setAttribute('aria-label', this.parts.t(this.called));
    void this.#load();
  }

  /** Its numbers are of when it was opened. */
  refresh() {}

  async #load() {
    const { t } = this.parts;
    fill(this, waitingBones(t));
    try {
      const rows = await this.ask();
      fill(this, rows.length ? this.table(rows) : this.none());
    } catch (reason) {
      const retry = h('button', { class: 'button small', type: 'button', onclick: () => void this.#load() }, t('console.tickets.retry'));
      fill(this, emptyState(icon('alert'), t(`error.${codeOf(reason)}`), '', retry));
    }
  }

  /** @returns {Promise<Row[]>} */
  async ask() {
    return [];
  }

  /** @param {Row[]} _rows @returns {HTMLElement} */
  table(_rows) {
    return h('table');
  }

  /** @returns {HTMLElement} */
  none() {
    return h('div');
  }
}

/**
 * @param {string[]} heads
 * @param {HTMLTableRowElement[]} rows
 */
export function table(heads, rows) {
  return h('table', {}, h('thead', {}, h('tr', {}, ...heads.map((words) => h('th', { scope: 'col' }, words)))), h('tbody', {}, ...rows));
}

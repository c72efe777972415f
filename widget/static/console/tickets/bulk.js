/** `<mayfly-bulk>`: what can be done to all tickets that are selected; it stands where the filters are, for as long as any are. */

import { h, fill, icon } from '../../shared/dom.js';
import { codeOf } from '../api.js';
import { act, setText, sign } from '../draw.js';
import { openPicker } from '../picker.js';
import { setAgain } from './as-seen.js';
import { peopleChoices, priorityChoices, statusChoices, teamChoices } from './marks.js';

/**
 * @import { Translate } from '../../shared/i18n.js'
 * @import { Api } from '../api.js'
 * @import { Choice } from '../picker.js'
 * @import { Known } from './known.js'
 * @import { Ticket, TicketChanges } from './types.js'
 */

const AT_ONCE = 100;

/** @typedef {'assignee' | 'status' | 'priority' | 'team'} Field */

export class BulkBar extends HTMLElement {
  #t;
  #teams;
  #known;
  #me;
  #api;
  /** @type {readonly Ticket[]} */ #tickets = [];
  #busy = false;
  #all = h('input', { type: 'checkbox' });
  #count = h('b', { role: 'status' });
  #buttons = h('div', { class: 'buttons' });

  /** @param {{t: Translate, teams: Record<string, string>, known: Known, me: string, api: Api}} parts */
  constructor({ t, teams, known, me, api }) {
    super();
    this.#t = t;
    this.#teams = teams;
    this.#known = known;
    this.#me = me;
    this.#api = api;
  }

  connectedCallback() {
    if (this.firstChild) return;
    const t = this.#t;
    this.setAttribute('role', 'toolbar');
    this.setAttribute('aria-label', t('console.bulk.title'));
    this.#all.setAttribute('aria-label', t('console.bulk.all'));
    this.#all.addEventListener('change', () => this.dispatchEvent(new Event('all')));
    const none = h('button', { class: 'button small quiet', type: 'button' }, t('console.bulk.none'));
    none.addEventListener('click', () => this.dispatchEvent(new Event('none')));
    fill(
      this.#buttons,
      this.#button('assignee', sign('user')),
      this.#button('status', icon('check')),
      this.#button('priority', sign('flag')),
      Object.keys(this.#teams).length > 1 && this.#button('team', sign('team')),
      none,
    );
    this.append(h('label', { class: 'check' }, this.#all), this.#count, this.#buttons);
  }

  /**
   * @param {Field} field
   * @param {Node} mark
   */
  #button(field, mark) {
    const words = this.#t(`console.bulk.${field}`);
    const button = h('button', { class: 'button small', type: 'button', 'aria-haspopup': 'listbox', title: words }, mark, h('span', {}, words));
    button.addEventListener('click', () => this.#choose(field, button));
    return button;
  }

  /**
   * @param {readonly Ticket[]} tickets that are selected
   * @param {number} of how many there are
   */
  show(tickets, of) {
    this.#tickets = tickets;
    const any = tickets.length > 0;
    this.classList.toggle('any', any);
    this.#buttons.hidden = !any;
    this.#all.checked = any && tickets.length === of;
    this.#all.indeterminate = any && tickets.length < of;
    this.#all.disabled = of === 0;
    setText(this.#count, any ? this.#t('console.bulk.count', { count: tickets.length }) : '');
  }

  /**
   * @param {Field} field
   * @param {HTMLElement} anchor
   */
  #choose(field, anchor) {
    const label = this.#t(`console.bulk.${field}`);
    const search = field === 'assignee' ? this.#t('console.people.search') : undefined;
    const pick = (/** @type {string} */ value) => void this.change(this.#tickets, { [field]: value || null });
    openPicker(anchor, { label, choices: this.#choicesOf(field), search, pick }, this.#t);
  }

  /**
   * @param {Field} field
   * @returns {Choice[] | Promise<Choice[]>}
   */
  #choicesOf(field) {
    const t = this.#t;
    if (field === 'status') return statusChoices(t);
    if (field === 'priority') return priorityChoices(t);
    if (field === 'team') return teamChoices(this.#teams);
    return peopleChoices(this.#known, this.#teams, this.#me, { value: '', label: t('console.tickets.unassigned') });
  }

  /**
   * @param {readonly Ticket[]} tickets
   * @param {TicketChanges} changes
   */
  async change(tickets, changes) {
    if (this.#busy) return;
    this.#busy = true;
    this.classList.add('busy');
    /** @type {number[]} */ const numbers = [];
    /** @type {{number: number, code: string}[]} */ const failed = [];
    for (let at = 0; at < tickets.length; at += AT_ONCE) {
      const some = tickets.slice(at, at + AT_ONCE);
      try {
        const done = await this.#api.changeTickets(some.map(({ site, number, version }) => ({ site, number, version })), changes);
        numbers.push(...done.changed);
        for (const { site, number, code } of done.failed) {
          const seen = some.find((ticket) => ticket.site === site && ticket.number === number);
          const fault = seen && code === 'changed_meanwhile' ? await this.#again(seen, changes) : code;
          if (fault) failed.push({ number, code: fault });
          else numbers.push(number);
        }
      } catch (reason) {
        const code = codeOf(reason);
        failed.push(...some.map(({ number }) => ({ number, code })));
      }
    }
    this.#busy = false;
    this.classList.remove('busy');
    act(this, 'tellChanged', { numbers, failed });
    this.dispatchEvent(new CustomEvent('changed', { detail: { tickets } }));
  }

  /**
   * @param {Ticket} seen
   * @param {TicketChanges} changes
   * @returns {Promise<string>} why not, if not
   */
  async #again(seen, changes) {
    try {
      await setAgain(this.#api, seen, changes);
      return '';
    } catch (reason) {
      return codeOf(reason);
    }
  }
}

customElements.define('mayfly-bulk', BulkBar);

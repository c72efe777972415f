/** `<mayfly-filters>`: the search, and what else the list is narrowed to, each with a way to take it away. */

import { h, fill, icon } from '../../shared/dom.js';
import { codeOf } from '../api.js';
import { act, setText, sign } from '../draw.js';
import { openPicker } from '../picker.js';
import { openPopup } from '../popup.js';
import { CHOICES, narrowings, queueOf, withFilter, writeFilter } from './filter.js';
import { peopleChoices, priorityChoices, statusChoices, teamChoices } from './marks.js';

/**
 * @import { Translate } from '../../shared/i18n.js'
 * @import { Api } from '../api.js'
 * @import { SiteConfig } from '../console.js'
 * @import { Choice } from '../picker.js'
 * @import { Filter } from './filter.js'
 * @import { Known } from './known.js'
 */

const SEARCH_AFTER_MS = 250;

export class TicketFilters extends HTMLElement {
  /** @type {Translate} */ t = (key) => key;
  locale = 'en';
  /** @type {Record<string, SiteConfig>} */ sites = {};
  /** @type {Record<string, string>} */ teams = {};
  /** @type {Api | undefined} */ api;
  /** @type {Known | undefined} */ known;
  me = '';
  /** @type {Filter} */ #filter = {};
  #shown = '-';
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;
  #title = h('h1');
  #search = h('input', { type: 'search', maxLength: 200, enterKeyHint: 'search', oninput: () => this.#typed() });
  #chips = h('div', { class: 'chips' });
  #add = h('button', { class: 'button small quiet', type: 'button', 'aria-haspopup': 'listbox' });
  #save = h('button', { class: 'button small quiet', type: 'button', 'aria-haspopup': 'dialog' });

  connectedCallback() {
    if (this.firstChild) return;
    const { t } = this;
    this.#search.placeholder = t('console.tickets.search_hint');
    this.#search.setAttribute('aria-label', t('console.tickets.search'));
    fill(this.#add, sign('filter'), h('span', {}, t('console.filters.add')));
    fill(this.#save, sign('bookmark'), h('span', {}, t('console.views.save')));
    this.#add.onclick = () => this.#choose(this.#add);
    this.#save.onclick = () => this.#nameView();
    this.append(
      h('header', {}, this.#title, h('label', { class: 'search' }, sign('search'), this.#search, h('kbd', { 'aria-hidden': true }, '/'))),
      h('div', { class: 'narrowed', role: 'group', 'aria-label': t('console.filters.title') }, this.#chips, this.#add, this.#save),
    );
  }

  focusSearch() {
    this.#search.focus();
    this.#search.select();
  }

  #typed() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#go({ q: this.#search.value.trim() }), SEARCH_AFTER_MS);
  }

  /** @param {Record<string, string>} some */
  #go(some) {
    clearTimeout(this.#timer);
    act(this, 'go', { view: { name: 'tickets', filter: withFilter(this.#filter, some) } });
  }

  /** @param {Filter} filter */
  show(filter) {
    const shown = writeFilter(filter);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#filter = filter;
    setText(this.#title, this.t(`console.queues.${queueOf(filter)}`));
    if (document.activeElement !== this.#search || !filter.q) this.#search.value = filter.q ?? '';
    void this.#showChips();
  }

  async #showChips() {
    const { t } = this;
    const filter = this.#filter;
    const names = narrowings(filter);
    const people = filter.assignee ? await this.known?.people().catch(() => []) : [];
    if (filter !== this.#filter) return;
    const words = (/** @type {string} */ name) =>
      name === 'assignee' && filter.assignee !== 'nobody'
        ? (people?.find(({ id }) => id === filter.assignee)?.name ?? '…')
        : this.#wordsOf(name, filter[name]);
    fill(this.#chips, ...names.map((name) => this.#chip(name, `${t(`console.filters.${name}`)}: `, words(name))));
    this.#save.hidden = names.length === 0 && !filter.q;
  }

  /**
   * @param {string} name
   * @param {string} value
   */
  #wordsOf(name, value) {
    const { t } = this;
    if (name === 'status' || name === 'priority') return t(`console.${name}.${value}`);
    if (name === 'team') return this.teams[value] ?? value;
    if (name === 'site') return this.sites[value]?.title ?? value;
    if (name === 'assignee') return t('console.tickets.unassigned');
    if (name === 'from' || name === 'to') return new Date(`${value}T12:00`).toLocaleDateString(this.locale, { dateStyle: 'medium' });
    return value;
  }

  /**
   * @param {string} name
   * @param {string} label
   * @param {string} words
   */
  #chip(name, label, words) {
    const edit = h('button', { class: 'words', type: 'button', 'aria-haspopup': 'listbox', onclick: () => this.#pick(name, edit) }, label, h('b', { dir: 'auto' }, words));
    const remove = h('button', { class: 'remove', type: 'button', 'aria-label': this.t('console.filters.remove', { name: label + words }) }, icon('close'));
    remove.onclick = () => (this.#go({ [name]: '' }), this.#add.focus());
    return h('span', { class: 'filter' }, edit, remove);
  }

  /** Of what is there to choose from. @param {HTMLElement} anchor */
  #choose(anchor) {
    const { t } = this;
    const offered = CHOICES.filter((name) => (name === 'site' ? Object.keys(this.sites).length > 1 : this.#listed(name)));
    const choices = [...offered, 'dates'].map((value) => ({ value, label: t(`console.filters.${value}`) }));
    openPicker(anchor, { label: t('console.filters.add'), choices, pick: (name) => this.#pick(name, anchor) }, t);
  }

  /** @param {string} name */
  #listed(name) {
    if (name === 'topic') return this.#ofSites('topics').length > 0;
    if (name === 'request_type') return this.#ofSites('request_types').length > 0;
    return name !== 'team' || Object.keys(this.teams).length > 1;
  }

  /**
   * @param {string} name
   * @param {HTMLElement} anchor
   */
  #pick(name, anchor) {
    if (name === 'dates' || name === 'from' || name === 'to') return this.#pickDates(anchor);
    const label = this.t(`console.filters.${name}`);
    const choices = this.#choicesOf(name);
    const search = name === 'assignee' || (Array.isArray(choices) && choices.length > 8) ? label : undefined;
    // After the popup before has given the focus back.
    setTimeout(() => openPicker(anchor, { label, choices, chosen: this.#filter[name], search, pick: (value) => this.#go({ [name]: value }) }, this.t));
  }

  /**
   * @param {string} name
   * @returns {Choice[] | Promise<Choice[]>}
   */
  #choicesOf(name) {
    const { t, known } = this;
    if (name === 'status') return statusChoices(t);
    if (name === 'priority') return priorityChoices(t);
    if (name === 'team') return teamChoices(this.teams);
    if (name === 'site') return Object.entries(this.sites).map(([value, { title }]) => ({ value, label: title }));
    if (name === 'assignee' && known) return peopleChoices(known, this.teams, this.me, { value: 'nobody', label: t('console.tickets.unassigned') });
    return this.#ofSites(name === 'topic' ? 'topics' : 'request_types').map((value) => ({ value, label: value }));
  }

  /** @param {'topics' | 'request_types'} list */
  #ofSites(list) {
    const sites = this.#filter.site ? [this.sites[this.#filter.site]] : Object.values(this.sites);
    return [...new Set(sites.flatMap((site) => site?.[list] ?? []))];
  }

  /** @param {HTMLElement} anchor */
  #pickDates(anchor) {
    const { t } = this;
    const field = (/** @type {'from' | 'to'} */ name) => {
      const input = h('input', { type: 'date', name, id: `filter-${name}`, value: this.#filter[name] ?? '' });
      return h('div', { class: 'field' }, h('label', { for: input.id }, t(`console.filters.${name}`)), input);
    };
    const form = h('form', { class: 'small-form' }, field('from'), field('to'), h('button', { class: 'button primary small' }, t('console.filters.apply')));
    setTimeout(() => {
      const close = openPopup(anchor, form, { label: t('console.filters.dates') });
      form.querySelector('input')?.focus();
      form.onsubmit = (event) => {
        event.preventDefault();
        const given = new FormData(form);
        close();
        this.#go({ from: String(given.get('from')), to: String(given.get('to')) });
      };
    });
  }

  #nameView() {
    const { t } = this;
    const title = h('input', { name: 'title', id: 'view-title', maxLength: 100, required: true, 'data-first': '', autocomplete: 'off' });
    const field = h('div', { class: 'field' }, h('label', { for: 'view-title' }, t('console.views.name')), title);
    const form = h('form', { class: 'small-form' }, field, h('button', { class: 'button primary small' }, t('console.views.keep')));
    const close = openPopup(this.#save, form, { label: t('console.views.save') });
    form.onsubmit = async (event) => {
      event.preventDefault();
      if (!title.value.trim()) return title.focus();
      close();
      try {
        await this.api?.saveView({ title: title.value.trim(), query: writeFilter(this.#filter) });
        act(this, 'tell', { key: 'console.views.saved', tone: 'good', params: { title: title.value.trim() } });
      } catch (reason) {
        act(this, 'tell', { key: `error.${codeOf(reason)}`, tone: 'bad' });
      }
      this.known?.forget();
      this.dispatchEvent(new Event('saved', { bubbles: true }));
    };
  }
}

customElements.define('mayfly-filters', TicketFilters);

/** `<mayfly-queues>`: the column beside the list: what waits where, the agent's own views, and what is opened for others. */

import { h, fill, icon } from '../../shared/dom.js';
import { codeOf } from '../api.js';
import { filingText } from '../dialogs/filing-form.js';
import { act, markCurrent, Rows, setText, sign } from '../draw.js';
import { openPicker } from '../picker.js';
import { pathOf } from '../route.js';
import { QUEUES, queueOf, readFilter, writeFilter } from './filter.js';

/**
 * @import { Translate } from '../../shared/i18n.js'
 * @import { Api } from '../api.js'
 * @import { SiteConfig } from '../console.js'
 * @import { Filter } from './filter.js'
 * @import { Known } from './known.js'
 * @import { SavedView } from './types.js'
 */

const ICONS = /** @type {const} */ ({ mine: 'user', unassigned: 'inbox', team: 'team', due_soon: 'hourglass', overdue: 'bell', all: 'stack' });

export class TicketQueues extends HTMLElement {
  /** @type {Translate} */ t = (key) => key;
  /** @type {Api | undefined} */ api;
  /** @type {Known | undefined} */ known;
  supervises = false;
  /** @type {Record<string, SiteConfig>} */ sites = {};
  /** @type {Filter} */ #filter = {};
  /** @type {Record<string, HTMLElement>} */ #counts = {};
  /** @type {Record<string, HTMLAnchorElement>} */ #links = {};
  /** @type {readonly SavedView[]} */ #views = [];
  #viewList = h('ul');
  #saved = h('section', { hidden: true });
  /** @type {Rows<SavedView, HTMLElement>} */ #viewRows = new Rows(
    this.#viewList,
    ({ id }) => id,
    (view) => this.#buildView(view),
  );

  connectedCallback() {
    if (this.firstChild) return;
    const { t } = this;
    this.classList.add('side-nav');
    this.setAttribute('role', 'navigation');
    this.setAttribute('aria-label', t('console.queues.title'));
    const open = h('button', { class: 'button primary small new', type: 'button', 'aria-haspopup': 'listbox', onclick: () => this.#offer(open) });
    fill(open, sign('plus'), h('span', {}, t('console.queues.new')));
    this.#saved.setAttribute('aria-label', t('console.views.title'));
    fill(this.#saved, h('h2', {}, t('console.views.title')), this.#viewList);
    this.append(
      open,
      h('ul', {}, ...QUEUES.map((queue) => h('li', {}, this.#buildQueue(queue)))),
      this.#saved,
      h('div', { class: 'more' }, this.supervises && this.#tool('templates', sign('bolt')), this.#tool('promises', sign('chart'))),
    );
  }

  /** @param {string} queue */
  #buildQueue(queue) {
    const filter = readFilter(`queue=${queue}`);
    const count = (this.#counts[queue] = h('span', { class: 'count' }));
    const name = h('span', { class: 'name' }, this.t(`console.queues.${queue}`));
    const link = (this.#links[queue] = h('a', { href: pathOf({ name: 'tickets', filter }), 'data-queue': queue }));
    link.append(sign(ICONS[/** @type {keyof typeof ICONS} */ (queue)]), name, count);
    this.#leadTo(link, filter);
    return link;
  }

  /** @param {SavedView} view */
  #buildView(view) {
    const { t } = this;
    const filter = readFilter(view.query);
    const link = h('a', { href: pathOf({ name: 'tickets', filter }), 'data-query': writeFilter(filter) });
    link.append(sign('bookmark'), h('span', { class: 'name', dir: 'auto' }, view.title));
    this.#leadTo(link, filter);
    const words = t('console.views.delete', { title: view.title });
    const remove = h('button', { class: 'icon-button', type: 'button', 'aria-label': words, title: words, onclick: () => void this.#delete(view) }, icon('close'));
    return h('li', { class: 'saved' }, link, remove);
  }

  /**
   * @param {HTMLAnchorElement} link
   * @param {Filter} filter
   */
  #leadTo(link, filter) {
    link.addEventListener('click', (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      act(this, 'go', { view: { name: 'tickets', filter } });
    });
  }

  /**
   * @param {'templates' | 'promises'} name
   * @param {Node} mark
   */
  #tool(name, mark) {
    return h(
      'button',
      { class: 'tool-row', type: 'button', onclick: () => act(this, 'ask', { dialog: { name } }) },
      mark,
      h('span', {}, this.t(`console.queues.${name}`)),
    );
  }

  /** @param {HTMLElement} anchor */
  #offer(anchor) {
    const { t } = this;
    const choices = /** @type {const} */ (['phone', 'desk']).map((value) => ({
      value,
      label: t(`console.filing.${value}`),
      about: filingText(value, this.sites, t),
      mark: () => sign(value === 'phone' ? 'phone' : 'mail'),
    }));
    const pick = (/** @type {string} */ channel) => act(this, 'ask', { dialog: { name: 'filing', channel } });
    openPicker(anchor, { label: t('console.queues.new'), choices, pick }, t);
  }

  /**
   * @param {Filter} filter of the list that is shown
   */
  show(filter) {
    this.#filter = filter;
    const query = writeFilter(filter);
    const saved = this.#views.some((view) => writeFilter(readFilter(view.query)) === query);
    for (const [queue, link] of Object.entries(this.#links)) markCurrent(link, !saved && queue === queueOf(filter));
    for (const link of this.#viewList.querySelectorAll('a')) markCurrent(link, link.dataset.query === query);
  }

  async refresh() {
    const [counted, views] = await Promise.allSettled([this.api?.counts(), this.known?.views()]);
    if (counted.status === 'fulfilled') this.#count(counted.value?.queues ?? {});
    if (views.status === 'fulfilled') this.#showViews(views.value ?? []);
  }

  /** @param {Record<string, number>} counts */
  #count(counts) {
    for (const [queue, element] of Object.entries(this.#counts)) {
      setText(element, counts[queue] ? counts[queue].toLocaleString() : '');
      element.classList.toggle('late', queue === 'overdue' && counts[queue] > 0);
    }
  }

  /** @param {readonly SavedView[]} views */
  #showViews(views) {
    this.#views = views;
    this.#saved.hidden = views.length === 0;
    this.#viewRows.show(views);
    this.show(this.#filter);
  }

  /** @param {SavedView} view */
  async #delete(view) {
    try {
      await this.api?.deleteView(view.id);
      act(this, 'tell', { key: 'console.views.deleted', tone: 'neutral', params: { title: view.title } });
    } catch (reason) {
      act(this, 'tell', { key: `error.${codeOf(reason)}`, tone: 'bad' });
    }
    this.known?.forget();
    await this.refresh();
  }
}

customElements.define('mayfly-queues', TicketQueues);

/** `<mayfly-help-desk>`: what readers say of the help articles: comments that wait or were approved, votes, and what was searched in vain. */

import { h, fill } from '../../shared/dom.js';
import { act, markCurrent, setText, sign } from '../draw.js';
import { pathOf } from '../route.js';
import { CommentList } from './comments.js';
import { Ratings } from './ratings.js';
import { Searches } from './searches.js';

/**
 * @import { Translate } from '../../shared/i18n.js'
 * @import { Api } from '../api.js'
 * @import { SiteConfig } from '../console.js'
 * @import { HelpTab, State } from '../state.js'
 */

/** @typedef {{t: Translate, locale: string, sites: Record<string, SiteConfig>, api: Api}} Parts */

const GROUPS = /** @type {const} */ ({ comments: ['waiting', 'approved'], reports: ['ratings', 'searches'] });
const ICONS = /** @type {const} */ ({ waiting: 'inbox', approved: 'eye', ratings: 'chart', searches: 'search' });
const OF_SITES = ['ratings', 'searches'];

export class HelpDesk extends HTMLElement {
  /** @type {Translate} */ t = (key) => key;
  locale = 'en';
  /** @type {Record<string, SiteConfig>} */ sites = {};
  /** @type {Api | undefined} */ api;
  #heading = h('h1');
  #about = h('p');
  #site = h('select', { onchange: () => this.#go({ site: this.#site.value }) });
  #body = h('div', { class: 'body' });
  /** @type {Partial<Record<HelpTab, HTMLAnchorElement>>} */ #links = {};
  #count = h('span', { class: 'count' });
  /** @type {HelpTab} */ #tab = 'waiting';
  #shown = '';
  #heard = 0;
  /** @type {CommentList | Ratings | Searches | null} */ #part = null;

  connectedCallback() {
    if (this.firstChild) return;
    const { t } = this;
    const withHelp = Object.entries(this.sites).filter(([, { help }]) => help);
    this.#site.setAttribute('aria-label', t('console.tickets.site'));
    fill(this.#site, ...withHelp.map(([key, { title }]) => h('option', { value: key }, title)));
    const groups = Object.entries(GROUPS).map(([name, tabs]) =>
      h('section', { 'aria-label': t(`console.help.${name}`) }, h('h2', {}, t(`console.help.${name}`)), h('ul', {}, ...tabs.map((tab) => h('li', {}, this.#link(tab))))),
    );
    this.append(
      h('nav', { class: 'side-nav', 'aria-label': t('console.nav.help') }, ...groups),
      h('section', { class: 'page' }, h('header', {}, h('div', {}, this.#heading, this.#about), h('span', { class: 'picks' }, this.#site)), this.#body),
    );
  }

  /** @param {HelpTab} tab */
  #link(tab) {
    const link = h('a', { href: pathOf({ name: 'help', tab, site: '' }) }, sign(ICONS[tab]), h('span', { class: 'name' }, this.t(`console.help.${tab}`)), tab === 'waiting' ? this.#count : null);
    this.#links[tab] = link;
    link.addEventListener('click', (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      this.#go({ tab });
    });
    return link;
  }

  /** @param {{tab?: HelpTab, site?: string}} to */
  #go({ tab = this.#tab, site = OF_SITES.includes(tab) ? this.#site.value : '' }) {
    act(this, 'go', { view: { name: 'help', tab, site } });
  }

  /**
   * @param {State} state
   * @param {{tab: HelpTab, site: string}} view
   */
  show({ help }, { tab, site }) {
    const { t } = this;
    this.#tab = tab;
    const ofSite = OF_SITES.includes(tab);
    if (ofSite && this.sites[site]?.help) this.#site.value = site;
    /** @type {HTMLElement} */ (this.#site.parentElement).hidden = !ofSite || this.#site.options.length < 2;
    setText(this.#heading, t(`console.help.${tab}_title`));
    setText(this.#about, t(`console.help.${tab}_text`));
    setText(this.#count, help.waiting ? String(help.waiting) : '');
    for (const [name, link] of Object.entries(this.#links)) markCurrent(link, name === tab);
    const shown = `${tab} ${ofSite ? this.#site.value : ''}`;
    if (shown !== this.#shown) this.#bring(tab);
    else if (help.version !== this.#heard) this.#part?.refresh();
    this.#shown = shown;
    this.#heard = help.version;
  }

  /** @param {HelpTab} tab */
  #bring(tab) {
    const { t, locale, sites } = this;
    const parts = { t, locale, sites, api: /** @type {Api} */ (this.api) };
    const site = this.#site.value;
    this.#part = tab === 'ratings' ? new Ratings(parts, site) : tab === 'searches' ? new Searches(parts, site) : new CommentList(parts, tab === 'approved');
    fill(this.#body, this.#part);
  }

  /** @param {1 | -1} step */
  step(step) {
    if (this.#part instanceof CommentList) this.#part.step(step);
  }

  /** @param {boolean} approve */
  judge(approve) {
    if (this.#part instanceof CommentList) this.#part.judge(approve);
  }
}

customElements.define('mayfly-help-desk', HelpDesk);

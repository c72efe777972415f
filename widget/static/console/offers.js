/** `<mayfly-offers>`: the chats that ring here, above everything else: who, what about, and how long there is to accept. */

import { h } from '../shared/dom.js';
import { act, countdown, nameOf, planMark, Rows, setCountdown, setText } from './draw.js';

/**
 * @import { Translate } from '../shared/i18n.js'
 * @import { SiteConfig } from './console.js'
 * @import { Offer, State } from './state.js'
 */

export class Offers extends HTMLElement {
  /** @type {Translate} */ t = (key) => key;
  /** @type {Record<string, SiteConfig>} */ sites = {};
  /** @type {Record<string, string>} */ teams = {};

  #list = h('ul');
  #said = h('p', { class: 'visually-hidden', role: 'alert' });
  /** @type {Rows<Offer, HTMLElement>} */ #rows = new Rows(
    this.#list,
    (offer) => offer.chat,
    (offer) => this.#build(offer),
  );

  connectedCallback() {
    if (this.firstChild) return;
    this.setAttribute('role', 'region');
    this.setAttribute('aria-label', this.t('console.offer.label'));
    this.append(this.#said, this.#list);
  }

  /**
   * @param {State} state
   * @param {number} now ms
   */
  show({ offers, wanted, connection }, now) {
    const [first] = offers;
    this.hidden = !first;
    setText(this.#said, first ? this.t('console.offer.rings', { name: nameOf(first, this.t), question: first.question }) : '');
    this.#rows.show(offers, (row, offer) => {
      const [ring, , , buttons] = row.children;
      setCountdown(/** @type {HTMLElement} */ (ring), offer.expiresAt - now, offer.expiresAt - offer.rangAt);
      const [accept, decline] = /** @type {HTMLCollectionOf<HTMLButtonElement>} */ (buttons.children);
      accept.disabled = decline.disabled = connection.state !== 'open' || wanted === offer.chat;
      setText(/** @type {Element} */ (accept.firstElementChild), this.t(wanted === offer.chat ? 'console.offer.accepting' : 'console.offer.accept'));
    });
  }

  /** @param {Offer} offer */
  #build(offer) {
    const { t } = this;
    const { chat } = offer;
    const name = nameOf(offer, t);
    const where = [this.teams[offer.team] ?? offer.team, this.sites[offer.site]?.title ?? offer.site].join(' · ');
    return h(
      'li',
      { class: 'offer' },
      countdown(),
      h(
        'div',
        { class: 'words' },
        h('p', { class: 'who' }, h('b', { dir: 'auto' }, name), planMark(offer.plan)),
        h('p', { class: 'from' }, offer.by ? t(offer.toYou ? 'console.offer.to_you' : 'console.offer.by', { name: offer.by, team: where }) : where),
      ),
      h('p', { class: 'question', dir: 'auto' }, offer.question),
      h(
        'div',
        { class: 'buttons' },
        h(
          'button',
          { class: 'button primary small accept', type: 'button', title: `${t('console.offer.accept')} (Enter)`, onclick: () => act(this, 'accept', { chat }) },
          h('span', {}, t('console.offer.accept')),
          h('span', { class: 'visually-hidden' }, name),
        ),
        h(
          'button',
          { class: 'button small decline', type: 'button', title: `${t('console.offer.decline')} (D)`, onclick: () => act(this, 'decline', { chat }) },
          t('console.offer.decline'),
          h('span', { class: 'visually-hidden' }, name),
        ),
      ),
    );
  }
}

customElements.define('mayfly-offers', Offers);

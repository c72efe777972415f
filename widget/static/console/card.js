/** `<mayfly-card>`: who the visitor is and where they are, and what can be done about the chat. */

import { h, fill } from '../shared/dom.js';
import { icon } from '../shared/icons.js';
import { initials } from '../shared/thread.js';
import { CardActions } from './card-actions.js';
import { act, nameOf, planMark, setText, sign, tint } from './draw.js';

/**
 * @import { Translate } from '../shared/i18n.js'
 * @import { Child } from '../shared/dom.js'
 * @import { Page } from '../shared/protocol.js'
 * @import { Chat } from './state.js'
 */

const TOKEN_CLAIMS = new Set(['exp', 'iat', 'nbf', 'iss', 'aud', 'jti']);

export class Card extends HTMLElement {
  /** @type {Translate} */ t = (key) => key;
  locale = 'en';
  /** @type {Chat | null} */ #shown = null;
  #clock = h('time');
  #actions = new CardActions();

  /**
   * @param {Chat | null} chat null: nothing of a visitor may stay here
   * @param {string} siteTitle
   * @param {string} teamTitle
   * @param {number} now ms
   */
  show(chat, siteTitle, teamTitle, now) {
    if (!chat) {
      this.#shown = null;
      return void fill(this);
    }
    setText(this.#clock, this.#localTime(chat.visitor.time_zone, now));
    const same = this.#shown?.visitor === chat.visitor && this.#shown.tickets === chat.tickets && this.#shown.pages === chat.pages;
    this.#actions.t = this.t;
    this.#actions.show(chat);
    if (this.#shown?.chat === chat.chat && same) return;
    this.#shown = chat;
    fill(this, this.#head(chat), h('div', { class: 'scroll' }, ...this.#sections(chat, siteTitle, teamTitle)), this.#actions);
  }

  /** @param {Chat} chat */
  #head(chat) {
    const { t } = this;
    const name = nameOf(chat, t);
    return h(
      'div',
      { class: 'head' },
      h(
        'button',
        { class: 'icon-button back', type: 'button', 'aria-label': t('console.card.close'), onclick: () => act(this, 'closeCard') },
        icon('back'),
      ),
      h('span', { class: `avatar big ${tint(chat.chat)}`, 'aria-hidden': true }, initials(name)),
      h(
        'div',
        { class: 'words' },
        h('h2', { dir: 'auto' }, name),
        h('p', {}, planMark(chat.plan), chat.visitor.claims ? null : t('console.card.anonymous')),
      ),
      h(
        'button',
        { class: 'icon-button close', type: 'button', 'aria-label': t('console.card.close'), onclick: () => act(this, 'closeCard') },
        icon('close'),
      ),
    );
  }

  /**
   * @param {Chat} chat
   * @param {string} siteTitle
   * @param {string} teamTitle
   * @returns {Child[]}
   */
  #sections({ visitor, pages, tickets }, siteTitle, teamTitle) {
    const { t } = this;
    const claims = Object.entries(visitor.claims ?? {}).filter(([name]) => !TOKEN_CLAIMS.has(name));
    const contact = [
      visitor.email && this.#contact('mail', visitor.email, `mailto:${visitor.email}`),
      visitor.phone && this.#contact('phone', visitor.phone, `tel:${visitor.phone.replace(/[^+\d]/g, '')}`),
    ];
    return [
      this.#section(
        'console.card.question',
        visitor.question && h('p', { class: 'question', dir: 'auto' }, visitor.question),
        visitor.topic && h('p', { class: 'chip' }, visitor.topic),
      ),
      this.#section(
        'console.card.contact',
        ...(contact.some(Boolean) ? contact : [h('p', { class: 'faint' }, t('console.card.no_contact'))]),
      ),
      this.#section(
        'console.card.where',
        visitor.page && this.#pageLink(visitor.page),
        this.#facts([
          [
            'console.card.local_time',
            visitor.time_zone && h('span', {}, this.#clock, h('small', {}, visitor.time_zone.replaceAll('_', ' '))),
          ],
          ['console.card.locale', this.#language(visitor.locale)],
          ['console.card.desk', [teamTitle, siteTitle].filter(Boolean).join(', ')],
        ]),
      ),
      pages.length > 1 &&
        h('details', {}, h('summary', {}, t('console.card.earlier')), ...pages.slice(1).map((page) => this.#pageLink(page))),
      claims.length > 0 &&
        h(
          'section',
          { class: 'claims' },
          h('h3', {}, sign('shield'), t('console.card.claims', { site: siteTitle })),
          this.#facts(claims.map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : String(value)])),
        ),
      tickets.length > 0 &&
        this.#section(
          'console.card.tickets',
          ...tickets.map((number) =>
            h(
              'p',
              {},
              h(
                'a',
                {
                  href: '/console/tickets',
                  'data-ticket': number,
                  onclick: (/** @type {Event} */ event) => this.#openTicket(event, number),
                },
                icon('ticket'),
                `#${number}`,
              ),
            ),
          ),
        ),
    ];
  }

  /**
   * @param {string} key
   * @param {...Child | undefined | ''} children
   */
  #section(key, ...children) {
    const present = children.filter(Boolean);
    return present.length > 0 && h('section', {}, h('h3', {}, this.t(key)), .../** @type {Child[]} */ (present));
  }

  /** @param {[string, Child | undefined | ''][]} rows */
  #facts(rows) {
    return h(
      'dl',
      {},
      ...rows
        .filter(([, value]) => value)
        .map(([key, value]) => h('div', {}, h('dt', {}, this.t(key)), h('dd', { dir: 'auto' }, /** @type {Child} */ (value)))),
    );
  }

  /**
   * @param {'mail' | 'phone'} name
   * @param {string} text
   * @param {string} href
   */
  #contact(name, text, href) {
    const copy = h(
      'button',
      { class: 'icon-button', type: 'button', 'aria-label': `${this.t('console.card.copy')}: ${text}`, title: this.t('console.card.copy') },
      icon('copy'),
    );
    copy.addEventListener('click', () => void navigator.clipboard?.writeText(text).then(() => fill(copy, icon('check'))));
    return h('p', { class: 'contact' }, sign(name), h('a', { href, dir: 'ltr' }, text), copy);
  }

  /** @param {Page} page */
  #pageLink(page) {
    const path = URL.canParse(page.url) ? new URL(page.url) : null;
    const safe = path && ['http:', 'https:'].includes(path.protocol);
    const words = [h('b', {}, page.title || page.url), h('small', {}, path ? path.host + path.pathname + path.search : page.url)];
    return h(
      'p',
      { class: 'page' },
      sign('page'),
      safe ? h('a', { href: page.url, target: '_blank', rel: 'noopener noreferrer nofollow' }, ...words) : h('span', {}, ...words),
    );
  }

  /**
   * @param {Event} event
   * @param {number} number
   */
  #openTicket(event, number) {
    event.preventDefault();
    act(this, 'go', { view: { name: 'ticket', site: this.#shown?.site ?? '', number } });
  }

  /**
   * @param {string | null | undefined} timeZone
   * @param {number} now
   */
  #localTime(timeZone, now) {
    if (!timeZone) return '';
    try {
      return new Date(now).toLocaleTimeString(this.locale, { timeZone, hour: 'numeric', minute: '2-digit' });
    } catch {
      return '';
    }
  }

  /** @param {string | null | undefined} tag */
  #language(tag) {
    try {
      return tag ? (new Intl.DisplayNames([this.locale], { type: 'language' }).of(tag) ?? tag) : '';
    } catch {
      return tag ?? '';
    }
  }
}

customElements.define('mayfly-card', Card);

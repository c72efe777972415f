import { Desk, Problem } from '../shared/desk.js';
import { h, fill, initials } from '../shared/dom.js';
import { icon } from '../shared/icons.js';
import { moment } from '../shared/moments.js';

/** @typedef {import('../shared/desk.js').Contacts} Contacts */

/** `<mayfly-contacts>`: the visitor's own people, and where else to turn, with whether somebody answers there now. */
export class ContactList extends HTMLElement {
  /** @type {import('./context.js').Context} */ context = /** @type {any} */ (null);
  #who = '';
  #open = false;

  focusFirst() {
    this.querySelector('a')?.focus({ preventScroll: true });
  }

  /** @param {import('./model.js').State} state */
  render({ open }) {
    const who = String(this.context.identity());
    const again = who !== this.#who || (open && !this.#open);
    this.#who = who;
    this.#open = open;
    if (again) void this.#load();
  }

  async #load() {
    const { t, config, locale, identity } = this.context;
    const who = this.#who;
    if (!this.querySelector('section')) fill(this, h('div', { class: 'skeleton', role: 'status', 'aria-label': t('contacts.loading') }, h('i'), h('i'), h('i')));
    const shown = await read(new Desk(config.site, identity), new Desk(config.site), locale).catch((fault) => fault);
    if (who !== this.#who) return; // somebody else is here
    const before = this.contains(document.activeElement);
    if (shown instanceof Error) fill(this, this.#fault(shown));
    else fill(this, ...this.#sections(shown));
    if (document.hasFocus() && (before || (!this.context.touch && this.#open && document.activeElement === document.body))) this.focusFirst();
  }

  /** @param {Contacts} contacts */
  #sections({ people, phones, mails, messengers }) {
    const { t } = this.context;
    /** @param {string} title @param {HTMLElement[]} rows */
    const section = (title, rows) => rows.length > 0 && h('section', {}, h('h2', {}, t(title)), h('ul', {}, ...rows.map((row) => h('li', {}, row))));
    const all = [
      section('contacts.people', people.map((one) => this.#person(one))),
      section('contacts.phones', phones.map(({ country, number, hours }) => this.#row(`tel:${number.replace(/[^+\d]/g, '')}`, 'phone', country, number, hours))),
      section('contacts.mails', mails.map(({ subject, address, hours }) => this.#row(`mailto:${address}`, 'mail', subject, address, hours))),
      section('contacts.messengers', messengers.map(({ app, link, hours }) => this.#row(link, 'chat', app, link.replace(/^\w+:\/\//, ''), hours))),
    ].filter((one) => one !== false);
    return all.length ? all : [h('p', { class: 'contacts-none' }, t('contacts.none'))];
  }

  /** @param {Contacts['people'][number]} person */
  #person({ role, name, phone, email, photo, hours }) {
    const { t } = this.context;
    const who = name ?? email ?? phone ?? '';
    const face = h('span', { class: 'avatar', 'aria-hidden': true }, initials(who));
    if (photo) fill(face, h('img', { src: photo, alt: '', onerror: () => fill(face, initials(who)) }));
    /** @param {string} href @param {import('../shared/icons.js').IconName} look @param {string} words @param {string} label */
    const way = (href, look, words, label) => h('a', { class: 'button small', href, 'aria-label': `${label}: ${who}, ${words}` }, icon(look), h('span', {}, words));
    return h(
      'article',
      { class: 'person' },
      face,
      h('div', { class: 'who' }, h('small', {}, role), h('b', { dir: 'auto' }, who), this.#hours(hours)),
      h('div', { class: 'row' }, phone && way(`tel:${phone.replace(/[^+\d]/g, '')}`, 'phone', phone, t('contacts.call')), email && way(`mailto:${email}`, 'mail', email, t('contacts.write'))),
    );
  }

  /** @param {string} href @param {import('../shared/icons.js').IconName} look @param {string} title @param {string} words @param {Contacts['phones'][number]['hours']} hours */
  #row(href, look, title, words, hours) {
    const apart = href.startsWith('https:') ? { target: '_blank', rel: 'noopener noreferrer' } : {};
    return h('a', { href, ...apart }, icon(look), h('span', { class: 'who' }, h('b', {}, title), h('span', { dir: 'ltr' }, words), this.#hours(hours)));
  }

  /** @param {Contacts['phones'][number]['hours']} hours */
  #hours(hours) {
    if (!hours) return null;
    const { t } = this.context;
    const turns = hours.open ? hours.closes_at : hours.opens_at;
    const when = turns ? moment(turns, this.context, Date.now()) : null;
    const words = when ? t(hours.open ? 'contacts.open_until' : 'contacts.opens', when) : t(hours.open ? 'contacts.always' : 'contacts.closed');
    return h('small', { class: 'hours', 'data-open': hours.open || null, title: when?.exact }, words);
  }

  /** @param {Error} fault */
  #fault(fault) {
    const { t } = this.context;
    const words = t(fault instanceof Problem && fault.code === 'offline' ? 'contacts.offline' : 'error.internal');
    return h('div', { class: 'requests-fault', role: 'alert' }, icon('alert'), h('p', {}, words), h('button', { class: 'button small', type: 'button', onclick: () => this.#load() }, icon('retry'), t('notice.try_again')));
  }
}

/**
 * Whose identity is not good any more still finds what everybody does.
 *
 * @param {Desk} own
 * @param {Desk} anybody
 * @param {string} locale
 */
async function read(own, anybody, locale) {
  try {
    return await own.contacts(locale);
  } catch (fault) {
    if (fault instanceof Problem && fault.code.startsWith('identity_')) return anybody.contacts(locale);
    throw fault;
  }
}

customElements.define('mayfly-contacts', ContactList);

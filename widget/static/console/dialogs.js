/** `<mayfly-dialogs>`: what interrupts the agent, one at a time: ending a chat, filing a ticket, the keyboard's overview. */

import { h, fill, icon } from '../shared/dom.js';
import { act, nameOf } from './draw.js';
import { GROUPS } from './keys.js';
import { findChat } from './state.js';
import { TicketForm } from './ticket-form.js';

/**
 * @import { Translate } from '../shared/i18n.js'
 * @import { SiteConfig } from './console.js'
 * @import { Dialog, State } from './state.js'
 */

export class Dialogs extends HTMLElement {
  /** @type {Translate} */ t = (key) => key;
  locale = 'en';
  /** @type {Record<string, SiteConfig>} */ sites = {};

  /** @type {Dialog | null} */ #shown = null;
  /** @type {TicketForm | null} */ #form = null;
  #dialog = h('dialog', { 'aria-labelledby': 'dialog-title' });

  connectedCallback() {
    if (this.firstChild) return;
    this.append(this.#dialog);
    this.#dialog.addEventListener('cancel', (event) => {
      event.preventDefault();
      this.#close();
    });
    this.#dialog.addEventListener('pointerdown', (event) => {
      if (event.target === this.#dialog && this.#shown?.name !== 'ticket') this.#close();
    });
  }

  #close() {
    act(this, 'ask', { dialog: null });
  }

  /**
   * @param {State} state
   * @param {number} now
   */
  show(state, now) {
    if (state.dialog !== this.#shown) this.#change(state);
    const chat = state.dialog?.name === 'ticket' ? findChat(state, state.dialog.chat) : null;
    if (chat) this.#form?.show(chat, state.filing, now);
  }

  /** @param {State} state */
  #change(state) {
    const { dialog } = state;
    this.#shown = dialog;
    this.#form = null;
    if (!dialog) {
      this.#dialog.close();
      return void fill(this.#dialog);
    }
    this.#dialog.className = dialog.name;
    fill(
      this.#dialog,
      dialog.name === 'keys'
        ? this.#keys(state.preferences.keys)
        : dialog.name === 'end'
          ? this.#end(state, dialog.chat)
          : this.#ticket(state, dialog.chat, dialog.andEnd),
    );
    if (!this.#dialog.open) this.#dialog.showModal();
    const first = this.#dialog.querySelector('[data-first]');
    if (first instanceof HTMLElement) first.focus();
  }

  /**
   * @param {State} state
   * @param {string} id
   */
  #end(state, id) {
    const { t } = this;
    const chat = findChat(state, id);
    if (!chat) return null;
    const draft = (chat.drafts.reply + chat.drafts.note).trim();
    const danger = h(
      'button',
      { class: 'button danger', type: 'button', onclick: () => act(this, 'end', { chat: id }) },
      icon('end'),
      t('console.end.confirm'),
    );
    return h(
      'div',
      { class: 'sheet' },
      h('h2', { id: 'dialog-title' }, t('console.end.title')),
      h('p', {}, t('console.end.text', { name: nameOf(chat, t) })),
      draft && h('p', { class: 'warning' }, icon('alert'), t('console.end.unsent')),
      h(
        'div',
        { class: 'choices' },
        h('button', { class: 'button quiet', type: 'button', 'data-first': '', onclick: () => this.#close() }, t('console.end.cancel')),
        h(
          'button',
          { class: 'button', type: 'button', onclick: () => act(this, 'ask', { dialog: { name: 'ticket', chat: id, andEnd: true } }) },
          icon('ticket'),
          t('console.end.ticket_first'),
        ),
        danger,
      ),
    );
  }

  /**
   * @param {State} state
   * @param {string} id
   * @param {boolean} andEnd
   */
  #ticket(state, id, andEnd) {
    const chat = findChat(state, id);
    if (!chat) return null;
    this.#form = new TicketForm(chat, this.sites[chat.site], andEnd, this.t, this.locale);
    return this.#form;
  }

  /** @param {boolean} on */
  #keys(on) {
    const { t } = this;
    return h(
      'div',
      { class: 'sheet' },
      h(
        'header',
        {},
        h('h2', { id: 'dialog-title' }, t('console.keys.title')),
        h(
          'button',
          { class: 'icon-button', type: 'button', 'aria-label': t('console.keys.close'), 'data-first': '', onclick: () => this.#close() },
          icon('close'),
        ),
      ),
      on ? null : h('p', { class: 'warning' }, icon('alert'), t('console.keys.off')),
      h(
        'div',
        { class: 'groups' },
        ...GROUPS.map(({ name, keys }) =>
          h(
            'section',
            {},
            h('h3', {}, t(`console.keys.group.${name}`)),
            h(
              'dl',
              {},
              ...keys.map(({ words, shown }) =>
                h(
                  'div',
                  {},
                  h('dt', {}, t(`console.keys.${words}`)),
                  h('dd', {}, ...shown.flatMap((part) => (part === '…' ? [h('span', {}, t('console.keys.then'))] : [h('kbd', {}, part)]))),
                ),
              ),
            ),
          ),
        ),
      ),
    );
  }
}

customElements.define('mayfly-dialogs', Dialogs);

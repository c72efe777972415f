/** `<mayfly-dialogs>`: what interrupts the agent, one at a time. */

import { h, fill } from '../../shared/dom.js';
import { act } from '../draw.js';
import { FilingForm } from './filing-form.js';
import { keysOverview } from './keys-overview.js';
import { MergeForm } from './merge-form.js';
import { PromisesReport } from './promises-report.js';
import { blockSheet, endSheet, leaveSheet } from './sheets.js';
import { findChat } from '../state.js';
import { TemplatesForm } from './templates-form.js';
import { TicketForm } from './ticket-form.js';
import { TransferForm } from './transfer-form.js';

/**
 * @import { Translate } from '../../shared/i18n.js'
 * @import { Api } from '../api.js'
 * @import { SiteConfig } from '../console.js'
 * @import { Dialog, State } from '../state.js'
 */

/** Where a slip of the hand would cost what was typed. */
const FORMS = ['ticket', 'transfer', 'filing', 'merge', 'templates'];

export class Dialogs extends HTMLElement {
  /** @type {Translate} */ t = (key) => key;
  locale = 'en';
  /** @type {Record<string, SiteConfig>} */ sites = {};
  /** @type {Record<string, string>} */ teams = {};
  /** @type {Api | undefined} */ api;

  #shown = '';
  /** @type {TicketForm | TransferForm | null} */ #form = null;
  #dialog = h('dialog', { 'aria-labelledby': 'dialog-title' });

  connectedCallback() {
    if (this.firstChild) return;
    this.append(this.#dialog);
    this.#dialog.addEventListener('cancel', (event) => {
      event.preventDefault();
      this.#close();
    });
    this.#dialog.addEventListener('pointerdown', (event) => {
      if (event.target === this.#dialog && !FORMS.includes(this.#dialog.className)) this.#close();
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
    const { dialog } = state;
    const shown = dialog ? JSON.stringify(dialog.name === 'transfer' ? [dialog.name, dialog.chat] : dialog) : '';
    if (shown !== this.#shown) this.#change(state, shown);
    this.#form?.show(state, now);
  }

  /**
   * @param {State} state
   * @param {string} shown
   */
  #change(state, shown) {
    const { dialog } = state;
    this.#shown = shown;
    this.#form = null;
    if (!dialog) {
      this.#dialog.close();
      return void fill(this.#dialog);
    }
    this.#dialog.className = dialog.name;
    fill(this.#dialog, this.#build(state, dialog));
    if (!this.#dialog.open) this.#dialog.showModal();
    const first = this.#dialog.querySelector('[data-first]');
    if (first instanceof HTMLElement) first.focus();
  }

  /**
   * @param {State} state
   * @param {Dialog} dialog
   */
  #build(state, dialog) {
    const { t } = this;
    if (dialog.name === 'keys') return keysOverview(state, t, this);
    if (dialog.name === 'leave') return leaveSheet(state, t, this);
    if (!('chat' in dialog)) return this.#buildForDesk(dialog);
    const chat = findChat(state, dialog.chat);
    if (!chat) return null;
    switch (dialog.name) {
      case 'end':
        return endSheet(chat, t, this);
      case 'block':
        return blockSheet(chat, t, this);
      case 'ticket':
        return (this.#form = new TicketForm(chat, this.sites[chat.site], dialog.andEnd, t, this.locale));
      case 'transfer':
        return (this.#form = new TransferForm(chat, t));
    }
  }

  /** @param {Extract<Dialog, {name: 'filing' | 'merge' | 'templates' | 'promises'}>} dialog */
  #buildForDesk(dialog) {
    const { t, locale, sites, teams } = this;
    const parts = { t, locale, sites, teams, api: /** @type {Api} */ (this.api) };
    switch (dialog.name) {
      case 'filing':
        return new FilingForm(parts, dialog.channel);
      case 'merge':
        return new MergeForm(parts, dialog);
      case 'templates':
        return new TemplatesForm(parts);
      case 'promises':
        return new PromisesReport(parts);
    }
  }
}

customElements.define('mayfly-dialogs', Dialogs);

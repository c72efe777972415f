/** `<mayfly-transfer-form>`: to whom a chat is handed over, found by typing, and what they should know. */

import { h, fill, icon } from '../../shared/dom.js';
import { act, nameOf, Rows, setText, sign } from '../draw.js';
import { mayTake, recipientsOf } from './recipients.js';

/**
 * @import { Translate } from '../../shared/i18n.js'
 * @import { Recipient } from './recipients.js'
 * @import { Chat, State } from '../state.js'
 */

const ASK_EVERY_MS = 5000;

export class TransferForm extends HTMLElement {
  #t;
  #chat;
  #askedAt = 0;
  /** @type {readonly Recipient[]} */ #recipients = [];
  #chosen = '';

  #search = h('input', {
    type: 'text',
    role: 'combobox',
    autocomplete: 'off',
    spellcheck: false,
    'aria-expanded': true,
    'aria-controls': 'transfer-list',
    'aria-autocomplete': 'list',
    'data-first': '',
  });
  #list = h('div', { id: 'transfer-list', class: 'recipients', role: 'listbox' });
  #none = h('p', { class: 'none' });
  #note = h('textarea', { id: 'transfer-note', rows: 2, maxLength: 2000, dir: 'auto' });
  #fault = h('p', { class: 'fault', role: 'alert' });
  #submit = h('button', { class: 'button primary', type: 'submit' });
  #form = h('form', { noValidate: true });
  #teams;
  #agents;

  /**
   * @param {Chat} chat
   * @param {Translate} t
   */
  constructor(chat, t) {
    super();
    this.#t = t;
    this.#chat = chat.chat;
    this.#teams = this.#group('teams');
    this.#agents = this.#group('agents');
    this.#list.append(this.#none);
    this.#build(nameOf(chat, t));
    this.#search.addEventListener('input', () => this.#typed());
    this.#search.addEventListener('keydown', (event) => this.#pressed(event));
    this.#note.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) this.#handOver();
    });
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#handOver();
    });
  }

  connectedCallback() {
    if (!this.firstChild) this.append(this.#form);
  }

  /** @param {string} name the visitor's */
  #build(name) {
    const t = this.#t;
    const close = () => act(this, 'ask', { dialog: null });
    this.#search.placeholder = t('console.transfer.search');
    this.#search.setAttribute('aria-label', t('console.transfer.search'));
    this.#list.setAttribute('aria-label', t('console.transfer.to'));
    fill(
      this.#form,
      h(
        'header',
        {},
        h('div', {}, h('h2', { id: 'dialog-title' }, t('console.transfer.title', { name })), h('p', { class: 'hint' }, t('console.transfer.text'))),
        h('button', { class: 'icon-button', type: 'button', 'aria-label': t('console.transfer.cancel'), onclick: close }, icon('close')),
      ),
      h('label', { class: 'search' }, sign('search'), this.#search),
      this.#list,
      h('div', { class: 'field' }, h('label', { for: 'transfer-note' }, t('console.transfer.note')), this.#note),
      h(
        'footer',
        {},
        this.#fault,
        h('button', { class: 'button quiet', type: 'button', onclick: close }, t('console.transfer.cancel')),
        this.#submit,
      ),
    );
  }

  /** @param {'teams' | 'agents'} name */
  #group(name) {
    const words = this.#t(`console.transfer.${name}`);
    const options = h('div');
    const element = h('div', { role: 'group', 'aria-label': words }, h('p', { class: 'group', 'aria-hidden': true }, words), options);
    this.#list.append(element);
    /** @type {Rows<Recipient, HTMLElement>} */
    const rows = new Rows(
      options,
      ({ key }) => key,
      (recipient) => this.#option(recipient),
    );
    return { element, rows };
  }

  /** @param {Recipient} recipient */
  #option({ key, to, name }) {
    return h(
      'div',
      { id: `to-${key}`, role: 'option', onclick: () => this.#choose(key) },
      sign('team' in to ? 'team' : 'user'),
      h('b', { dir: 'auto' }, name),
      h('span', { class: 'about' }),
      icon('check'),
    );
  }

  /**
   * @param {State} state
   * @param {number} now ms
   */
  show({ dialog, colleagues, agent, connection }, now) {
    const t = this.#t;
    if (now - this.#askedAt >= ASK_EVERY_MS && connection.state === 'open') {
      this.#askedAt = now;
      act(this, 'listColleagues');
    }
    const asked = dialog?.name === 'transfer' && dialog.asked;
    const fault = dialog?.name === 'transfer' && dialog.fault;
    setText(this.#fault, fault ? t(`error.${fault}`) : '');
    setText(this.#submit, t(asked ? 'console.transfer.asking' : 'console.transfer.submit'));
    setText(this.#none, t(colleagues ? 'console.transfer.nobody' : 'console.transfer.loading'));
    this.#recipients = colleagues ? recipientsOf(colleagues, agent.id, t, now) : [];
    this.#draw();
    this.#submit.disabled ||= asked || connection.state !== 'open';
  }

  get #found() {
    const words = this.#search.value.trim().toLocaleLowerCase();
    return this.#recipients.filter(({ name }) => name.toLocaleLowerCase().includes(words));
  }

  get #choice() {
    return this.#found.find((recipient) => recipient.key === this.#chosen && mayTake(recipient));
  }

  #draw() {
    const found = this.#found;
    for (const [{ element, rows }, recipients] of /** @type {const} */ ([
      [this.#teams, found.filter(({ to }) => 'team' in to)],
      [this.#agents, found.filter(({ to }) => 'agent' in to)],
    ])) {
      element.hidden = recipients.length === 0;
      rows.show(recipients, (row, recipient) => {
        row.className = `recipient ${recipient.tone}`;
        row.ariaSelected = String(recipient.key === this.#chosen);
        row.ariaDisabled = String(!mayTake(recipient));
        setText(row.children[2], recipient.about);
      });
    }
    this.#none.hidden = found.length > 0;
    this.#search.setAttribute('aria-activedescendant', this.#choice ? `to-${this.#chosen}` : '');
    this.#submit.disabled = !this.#choice;
  }

  /** The first who may take it is meant. */
  #typed() {
    this.#chosen = (this.#search.value.trim() && this.#found.find(mayTake)?.key) || '';
    this.#draw();
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const open = this.#found.filter(mayTake);
    const at = open.findIndex(({ key }) => key === this.#chosen);
    const next = open[at < 0 ? (step > 0 ? 0 : open.length - 1) : (at + step + open.length) % open.length];
    if (next) this.#choose(next.key);
  }

  /** @param {string} key */
  #choose(key) {
    if (!this.#recipients.some((recipient) => recipient.key === key && mayTake(recipient))) return;
    this.#chosen = key;
    this.#draw();
    document.getElementById(`to-${key}`)?.scrollIntoView({ block: 'nearest' });
  }

  #handOver() {
    const choice = this.#choice;
    if (choice && !this.#submit.disabled) act(this, 'transfer', { chat: this.#chat, ...choice.to, note: this.#note.value.trim() || undefined });
  }
}

customElements.define('mayfly-transfer-form', TransferForm);

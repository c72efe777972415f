/** `<mayfly-ticket-form>`: what the agent files from a chat, with a look at exactly what will be kept. */

import { h, fill, icon } from '../../shared/dom.js';
import { formatTime, formatDay } from '../../shared/i18n.js';
import { newRef } from '../../shared/pending.js';
import { act, nameOf, setText } from '../draw.js';
import { asked, findChat } from '../state.js';
import { isEmail } from './form-parts.js';

/**
 * @import { Translate } from '../../shared/i18n.js'
 * @import { SiteConfig } from '../console.js'
 * @import { Chat, State } from '../state.js'
 */

/** @typedef {'request_type' | 'topic' | 'importance'} Choice */

const CHOICES = /** @type {[Choice, 'request_types' | 'topics' | 'importance'][]} */ ([
  ['request_type', 'request_types'],
  ['topic', 'topics'],
  ['importance', 'importance'],
]);

export class TicketForm extends HTMLElement {
  /** One ref for all attempts: a ticket that was refused or lost on the way is filed once. */
  #ref = newRef();
  #form = h('form', { noValidate: true });
  #countdown = h('p', { class: 'warning', role: 'status', hidden: true });
  #preview = h('ol', { class: 'preview', tabIndex: 0 });
  #previewCount = h('p', { class: 'hint' });
  #include = h('input', { type: 'checkbox', name: 'include_chat', checked: true });
  #fault = h('p', { class: 'fault', role: 'alert', hidden: true });
  #submit = h('button', { class: 'button primary', type: 'submit' });
  #previewed = -1;

  /**
   * @param {Chat} chat
   * @param {SiteConfig | undefined} site
   * @param {boolean} andEnd end the chat once the ticket is filed
   * @param {Translate} t
   * @param {string} locale
   */
  constructor(chat, site, andEnd, t, locale) {
    super();
    this.chat = chat.chat;
    this.andEnd = andEnd;
    this.t = t;
    this.locale = locale;
    this.#build(chat, site);
    this.append(this.#form);
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#file();
    });
    this.#include.addEventListener('change', () => this.#showPreview());
  }

  /**
   * @param {Chat} chat
   * @param {SiteConfig | undefined} site
   */
  #build(chat, site) {
    const { t } = this;
    const { visitor } = chat;
    const claim = (/** @type {string} */ name) => (typeof visitor.claims?.[name] === 'string' ? String(visitor.claims[name]) : '');
    const subject = h('input', {
      name: 'subject',
      value: proposeSubject(visitor.question ?? ''),
      maxLength: 200,
      required: true,
      'data-first': '',
    });
    const body = h('textarea', { name: 'body', rows: 4, maxLength: 20_000, required: true, value: visitor.question ?? '' });
    const choices = CHOICES.filter(([, list]) => site?.[list].length).map(([name, list]) =>
      this.#choice(name, site?.[list] ?? [], name === 'topic' ? (visitor.topic ?? '') : ''),
    );
    setText(this.#submit, t(this.andEnd ? 'console.ticket.submit_end' : 'console.ticket.submit'));
    fill(
      this.#form,
      h(
        'header',
        {},
        h('div', {}, h('h2', { id: 'dialog-title' }, t('console.ticket.title')), h('p', { class: 'hint' }, t('console.ticket.text'))),
        h(
          'button',
          { class: 'icon-button', type: 'button', 'aria-label': t('console.ticket.cancel'), onclick: () => this.#cancel() },
          icon('close'),
        ),
      ),
      this.#countdown,
      h(
        'div',
        { class: 'columns' },
        h(
          'div',
          { class: 'fields' },
          this.#field('subject', subject),
          this.#field('body', body),
          choices.length > 0 && h('div', { class: 'row' }, ...choices),
          h(
            'div',
            { class: 'row' },
            this.#field('name', h('input', { name: 'name', value: visitor.name ?? claim('name'), autocomplete: 'off' })),
            this.#field('email', h('input', { name: 'email', type: 'email', value: visitor.email ?? claim('email'), autocomplete: 'off' })),
            this.#field('phone', h('input', { name: 'phone', type: 'tel', value: visitor.phone ?? claim('phone'), autocomplete: 'off' })),
          ),
        ),
        h(
          'div',
          { class: 'kept' },
          h(
            'label',
            { class: 'toggle' },
            this.#include,
            h('span', { class: 'track', 'aria-hidden': true }),
            h('span', {}, t('console.ticket.include')),
          ),
          this.#previewCount,
          this.#preview,
        ),
      ),
      h(
        'footer',
        {},
        this.#fault,
        h('button', { class: 'button quiet', type: 'button', onclick: () => this.#cancel() }, t('console.ticket.cancel')),
        this.#submit,
      ),
    );
  }

  /**
   * @param {string} name
   * @param {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} control
   */
  #field(name, control) {
    control.id = `ticket-${name}`;
    return h('div', { class: 'field' }, h('label', { for: control.id }, this.t(`console.ticket.${name}`)), control);
  }

  /**
   * @param {Choice} name
   * @param {readonly string[]} options
   * @param {string} chosen
   */
  #choice(name, options, chosen) {
    const select = h(
      'select',
      { name },
      h('option', { value: '' }, this.t('console.ticket.unset')),
      ...options.map((option) => h('option', { value: option, selected: option === chosen }, option)),
    );
    return this.#field(name, select);
  }

  #cancel() {
    act(this, 'ask', { dialog: null });
  }

  /**
   * @param {State} state
   * @param {number} now
   */
  show(state, now) {
    const { t } = this;
    const { filing } = state;
    const chat = findChat(state, this.chat);
    if (!chat) return;
    this.#countdown.hidden = chat.eraseAt === null;
    if (chat.eraseAt !== null)
      setText(this.#countdown, t('console.chat.left', { count: Math.max(0, Math.ceil((chat.eraseAt - now) / 1000)) }));
    if (chat.messages.length !== this.#previewed) this.#fillPreview(chat);
    const sending = filing !== null && !filing.failed;
    this.#submit.disabled = sending;
    setText(this.#submit, t(sending ? 'console.ticket.sending' : this.andEnd ? 'console.ticket.submit_end' : 'console.ticket.submit'));
    if (filing?.failed) this.#tell(t(`error.${filing.failed}`));
  }

  /** @param {Chat} chat */
  #fillPreview(chat) {
    const { t, locale } = this;
    this.#previewed = chat.messages.length;
    const lines = [...asked(chat), ...chat.messages].map(({ author, name, text, at }) => {
      if (author === 'system') return h('li', { class: 'system' }, t(`console.system.${text}`, { name: name ?? '' }));
      const who = h('b', {}, author === 'visitor' ? nameOf(chat, t) : (name ?? t('chat.you')));
      return h(
        'li',
        { class: author },
        h('p', { class: 'who' }, who, h('time', { title: formatDay(at, locale) }, formatTime(at, locale))),
        h('p', { dir: 'auto' }, text),
      );
    });
    fill(this.#preview, ...lines);
    this.#showPreview();
  }

  #showPreview() {
    const kept = this.#include.checked;
    this.#preview.hidden = !kept;
    setText(this.#previewCount, this.t(kept ? 'console.ticket.include_hint' : 'console.ticket.exclude_hint'));
  }

  #file() {
    const { t, chat } = this;
    const fields = new FormData(this.#form);
    const text = (/** @type {string} */ name) => String(fields.get(name) ?? '').trim();
    const missing = ['subject', 'body'].find((name) => !text(name));
    const wrong = missing ?? (text('email') && !isEmail(text('email')) ? 'email' : undefined);
    for (const control of this.#form.querySelectorAll('input, textarea')) control.removeAttribute('aria-invalid');
    if (wrong) {
      const control = this.#form.querySelector(`[name=${wrong}]`);
      control?.setAttribute('aria-invalid', 'true');
      if (control instanceof HTMLElement) control.focus();
      return this.#tell(t(wrong === 'email' ? 'console.ticket.email_invalid' : 'console.ticket.required'));
    }
    this.#tell('');
    const optional = Object.fromEntries(
      ['name', 'email', 'phone', 'request_type', 'topic', 'importance'].map((name) => [name, text(name) || null]),
    );
    const command = {
      type: 'leave_ticket',
      chat,
      ref: this.#ref,
      subject: text('subject'),
      body: text('body'),
      include_chat: this.#include.checked,
      ...optional,
    };
    return act(this, 'file', { command, andEnd: this.andEnd });
  }

  /** @param {string} words */
  #tell(words) {
    this.#fault.hidden = !words;
    setText(this.#fault, words);
  }
}

/**
 * The first sentence that says something: "Hello!" does not.
 * @param {string} question
 */
function proposeSubject(question) {
  const sentences = question.trim().split(/(?<=[.?!])\s+|\n+/);
  const sentence = sentences.find((one) => one.length > 15) ?? question.trim();
  return sentence.length > 90 ? `${sentence.slice(0, 88).replace(/\s+\S*$/, '')}…` : sentence;
}

customElements.define('mayfly-ticket-form', TicketForm);

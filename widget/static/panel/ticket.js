import { h, fill, icon } from '../shared/dom.js';
import { formatTime } from '../shared/i18n.js';
import { buildField, fillEmpty, readForm, showFaults, validate, watch } from './fields.js';
import { ask } from './context.js';
import { spoken } from './state.js';

/** @typedef {import('./fields.js').Field} Field */

const MAX_SUBJECT = 200;
const MAX_BODY = 20_000;
const SUBJECT_FROM_BODY = 80;

/** `<mayfly-ticket>`: the request form, with what was typed already in it, and exactly what would be stored in view. */
export class TicketForm extends HTMLElement {
  /** @type {import('./context.js').Context} */ context = /** @type {any} */ (null);
  /** @type {Field[]} */ #fields = [];
  #intro = h('div', { class: 'hello' });
  #form = h('form', { noValidate: true });
  /** @type {object | null} what was shown last */ #refused = null;
  #fault = h('p', { class: 'notice bad', role: 'alert', hidden: true });
  #submit = h('button', { class: 'button primary wide', type: 'submit' });
  #include = h('input', { type: 'checkbox', id: 'include' });
  #includeBox = h('div', { class: 'include', hidden: true });
  #preview = h('ol', { class: 'preview', tabIndex: 0, hidden: true });
  #linesShown = '';

  connectedCallback() {
    const { t, config, keep, prefill } = this.context;
    const draft = { ...prefill, ...keep.get('form'), ...keep.get('ticket') };
    this.#fields = ticketFields(config);
    const fields = this.#fields.map((field) => buildField(field, `ticket-${field.name}`, t, draft[field.name] ?? ''));
    this.#include.checked = !!keep.get('include');
    this.#include.addEventListener('change', () => {
      keep.set('include', this.#include.checked);
      this.#preview.hidden = !this.#include.checked;
    });
    fill(this.#includeBox, h('label', { class: 'switch' }, this.#include, h('span', {}, h('b', {}, t('ticket.include')), h('small', {}, t('ticket.include_hint')))), this.#preview);
    this.#preview.setAttribute('aria-label', t('ticket.preview'));
    fill(this.#form, ...fields, this.#includeBox, this.#fault, this.#submit);
    watch(this.#form, (values) => keep.set('ticket', values));
    this.#form.addEventListener('submit', (event) => this.#send(event));
    this.append(this.#intro, this.#form);
  }

  /** @param {import('./state.js').State} state */
  render(state) {
    const { t } = this.context;
    const reason = state.phase === 'none' ? (state.offer?.reason ?? (state.availability === 'closed' ? 'closed' : null)) : null;
    fill(this.#intro, h('h2', {}, t(reason ? `chat.offer.${reason}` : 'ticket.title')), h('p', {}, this.#promise(state)));
    this.#fault.hidden = !state.refused;
    if (state.refused && this.#refused !== state.faults) {
      fill(this.#fault, icon('alert'), t(`error.${state.refused}`));
      showFaults(this.#form, state.faults, t);
    }
    this.#refused = state.faults;
    this.#submit.disabled = !!state.filing;
    fill(this.#submit, t(state.filing ? 'ticket.sending' : 'ticket.send'));
    this.#showPreview(state);
  }

  /**
   * The person's own words into fields they have not filled; a subject is cut to a line.
   *
   * @param {Record<string, string>} values
   */
  prefill(values) {
    const subject = (values.subject ?? '').split('\n')[0] ?? '';
    const short = subject.length > SUBJECT_FROM_BODY ? `${subject.slice(0, SUBJECT_FROM_BODY - 1).replace(/\s+\S*$/, '')}…` : subject;
    fillEmpty(this.#form, { ...values, subject: short });
  }

  focusFirst() {
    const empty = this.#fields.find(({ name }) => !readForm(this.#form)[name]);
    const first = this.#form.elements.namedItem(empty?.name ?? 'subject');
    if (first instanceof HTMLElement) first.focus();
  }

  /** @param {import('./state.js').State} state */
  #promise({ availability, replyWithin, reopensAt }) {
    const { t, locale } = this.context;
    if (availability === 'closed' && reopensAt) return t('ticket.reopens', { time: new Date(reopensAt).toLocaleString(locale, { weekday: 'long', hour: '2-digit', minute: '2-digit' }) });
    return replyWithin ? t('chat.offer.reply_within', { time: replyWithin }) : t('ticket.text');
  }

  /** @param {import('./state.js').State} state */
  #showPreview(state) {
    const { t, locale } = this.context;
    const lines = spoken(state);
    this.#includeBox.hidden = lines.length === 0;
    this.#preview.hidden = !this.#include.checked;
    const signature = String(lines.at(-1)?.seq);
    if (this.#linesShown === signature) return;
    this.#linesShown = signature;
    fill(
      this.#preview,
      ...lines.map(({ author, name, text, at }) => h('li', {}, h('b', {}, author === 'visitor' ? t('chat.you') : (name ?? t('chat.agent'))), ' ', h('time', {}, formatTime(at, locale)), h('p', { dir: 'auto' }, text))),
    );
  }

  /** @param {Event} event */
  #send(event) {
    event.preventDefault();
    if (!validate(this.#form, this.#fields, this.context.t)) return;
    const values = Object.entries(readForm(this.#form)).map(([name, value]) => [name, value.trim()]);
    const fields = Object.fromEntries(values.filter(([, value]) => value));
    ask(this, { do: 'file', fields, include: !this.#includeBox.hidden && this.#include.checked });
  }
}

/**
 * @param {import('./context.js').Config} config
 * @returns {Field[]}
 */
function ticketFields({ pre_chat, topics, request_types, importance }) {
  /** @type {Field[]} */
  const fields = [
    { name: 'subject', as: 'input', required: true, max: MAX_SUBJECT },
    { name: 'body', as: 'textarea', required: true, max: MAX_BODY },
    { name: 'request_type', as: 'select', required: false, choices: request_types },
    { name: 'importance', as: 'select', required: false, choices: importance },
    { name: 'topic', as: 'select', required: false, choices: topics },
    { name: 'name', as: 'input', required: false, autocomplete: 'name', max: 100 },
    { name: 'email', as: 'input', required: false, type: 'email', autocomplete: 'email', max: 254, hint: 'form.email.hint' },
  ];
  if (pre_chat.phone !== 'absent') fields.push({ name: 'phone', as: 'input', required: false, type: 'tel', autocomplete: 'tel', max: 40 });
  return fields.filter(({ choices }) => !choices || choices.length > 0);
}

/** `<mayfly-left>`: the request is filed; its number and its link. */
export class TicketLeft extends HTMLElement {
  /** @type {import('./context.js').Context} */ context = /** @type {any} */ (null);

  focusFirst() {
    this.querySelector('h2')?.focus();
  }

  /** @param {import('./state.js').State} state */
  render({ ticket, phase }) {
    if (!ticket || this.dataset.number === String(ticket.number)) return;
    this.dataset.number = String(ticket.number);
    const { t } = this.context;
    const link = h('input', { readOnly: true, value: ticket.link, 'aria-label': t('ticket.link'), onfocus: () => link.select() });
    const copied = h('span', { class: 'visually-hidden', role: 'status' });
    const copy = h('button', { class: 'icon-button', type: 'button', title: t('ticket.copy'), 'aria-label': t('ticket.copy') }, icon('copy'));
    copy.addEventListener('click', async () => {
      link.select();
      await navigator.clipboard?.writeText(ticket.link).catch(() => document.execCommand('copy')); // a frame may lack the permission
      fill(copy, icon('check'));
      fill(copied, t('ticket.copied'));
    });
    const live = phase === 'waiting' || phase === 'active';
    fill(
      this,
      h('div', { class: 'seal', 'aria-hidden': true }, icon('check')),
      h('h2', { tabIndex: -1 }, t('ticket.left', { number: String(ticket.number) })),
      h('p', {}, t('ticket.left_text')),
      h('div', { class: 'copy' }, link, copy, copied),
      h('a', { class: 'button primary', href: /^https?:/.test(ticket.link) ? ticket.link : '#', target: '_blank', rel: 'noopener' }, icon('link'), t('ticket.open')),
      h('button', { class: 'button quiet', type: 'button', onclick: () => ask(this, live ? { do: 'go', screen: 'chat' } : { do: 'restart' }) }, t(live ? 'chat.back' : 'ticket.done')),
    );
  }
}

customElements.define('mayfly-ticket', TicketForm);
customElements.define('mayfly-left', TicketLeft);

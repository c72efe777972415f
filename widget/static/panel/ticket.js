import { h, fill, icon } from '../shared/dom.js';
import { formatTime } from '../shared/i18n.js';
import { buildField, fillEmpty, readForm, showFaults, validate, watch } from './fields.js';
import { ask } from './context.js';
import { answered, offers, spoken } from './facts.js';
import { place } from './waiting.js';
import { prospects } from './when.js';

/** @typedef {import('./fields.js').Field} Field */

const MAX_SUBJECT = 200;
const MAX_BODY = 20_000;
const SUBJECT_FROM_BODY = 80;

/** `<mayfly-ticket>`: the request form, with what was typed already in it, and exactly what would be stored in view. */
export class TicketForm extends HTMLElement {
  /** @type {import('./context.js').Context} */ context = /** @type {any} */ (null);
  /** @type {Field[]} */ #fields = [];
  #intro = h('div', { class: 'hello' });
  #standing = h('div', { class: 'standing', role: 'status', hidden: true });
  #form = h('form', { noValidate: true });
  /** @type {object | null} what was shown last */ #refused = null;
  #fault = h('p', { class: 'notice bad', role: 'alert', hidden: true });
  #submit = h('button', { class: 'button primary wide', type: 'submit' });
  #include = h('input', { type: 'checkbox', id: 'include' });
  #includeBox = h('div', { class: 'include', hidden: true });
  #preview = h('ol', { class: 'preview', tabIndex: 0, hidden: true });
  #linesShown = '';
  /** @type {import('./model.js').State | null} */ #state = null;

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
    this.append(this.#standing, this.#intro, this.#form);
  }

  /** @param {import('./model.js').State} state */
  render(state) {
    const { t } = this.context;
    this.#state = state;
    this.#showStanding(state);
    this.#showIntro(state);
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
    if (this.#state) this.#showPreview(this.#state);
  }

  focusFirst() {
    const empty = this.#fields.find(({ name }) => !readForm(this.#form)[name]);
    const first = this.#form.elements.namedItem(empty?.name ?? 'subject');
    if (first instanceof HTMLElement) first.focus();
  }

  /** Why a request, and when it is answered. @param {import('./model.js').State} state */
  #showIntro(state) {
    const { phase, offer, availability, turned, reopensAt, replyBy } = state;
    const reason = phase !== 'none' ? null : (offer ?? (availability === 'closed' && !turned ? 'closed' : null));
    const shown = [reason, reopensAt, replyBy].join();
    if (this.#intro.dataset.shown === shown) return;
    this.#intro.dataset.shown = shown;
    const { t } = this.context;
    const known = prospects(state, this.context);
    fill(this.#intro, h('h2', {}, t(reason ? `chat.offer.${reason}` : 'ticket.title')), known.childElementCount ? known : '', h('p', {}, t('ticket.text')));
  }

  /** What goes on beside the form, with the way to it: the line, an agent who has come, a desk that has opened. @param {import('./model.js').State} state */
  #showStanding(state) {
    const { t } = this.context;
    const { phase, position, agent, availability, turned } = state;
    const [words, way, more = ''] =
      phase === 'waiting'
        ? [place(position, t), t('chat.to_line'), t('chat.in_line')]
        : phase === 'active' && !answered(state)
          ? [t('chat.here_now', { name: agent?.name ?? t('chat.agent') }), t('panel.back')]
          : phase === 'none' && turned && availability !== 'closed' && offers(state, 'chat')
            ? [t('panel.open_now'), t('panel.open_now.go')]
            : [];
    this.#standing.hidden = !words;
    if (this.#standing.dataset.shown === words) return;
    this.#standing.dataset.shown = words ?? '';
    fill(this.#standing, h('p', {}, h('b', {}, words), h('span', {}, more)), h('button', { class: `button small ${more ? '' : 'primary'}`, type: 'button', onclick: () => ask(this, { do: 'go', screen: 'chat' }) }, way));
  }

  /** @param {import('./model.js').State} state */
  #showPreview(state) {
    const { t, locale } = this.context;
    const lines = spoken(state);
    this.#includeBox.hidden = !answered(state) && this.#hasAll(lines);
    this.#preview.hidden = !this.#include.checked;
    const signature = String(lines.at(-1)?.seq);
    if (this.#linesShown === signature) return;
    this.#linesShown = signature;
    fill(
      this.#preview,
      ...lines.map(({ author, name, text, at }) => h('li', {}, h('b', {}, author === 'visitor' ? t('chat.you') : (name ?? t('chat.agent'))), ' ', h('time', {}, formatTime(at, locale)), h('p', { dir: 'auto' }, text))),
    );
  }

  /** Whether the details already hold every line. @param {{text: string}[]} lines */
  #hasAll(lines) {
    const { body = '' } = readForm(this.#form);
    return lines.every(({ text }) => body.includes(text));
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

customElements.define('mayfly-ticket', TicketForm);

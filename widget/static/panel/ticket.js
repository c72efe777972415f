import { h, fill, icon } from '../shared/dom.js';
import { FileField, takesFiles } from '../shared/file-field.js';
import { formatTime } from '../shared/i18n.js';
import { buildFields, control, fillEmpty, readForm, showFaults, validate, watch } from './fields.js';
import { ask, claimsOf } from './context.js';
import { deviceOf } from './device.js';
import { answered, spoken } from './facts.js';
import './filing.js'; // is here before it is needed, when there may be no network
import './words.js'; // as well
import { guide } from './guide.js';
import { standing } from './standing.js';
import { deviceFields, ticketFields } from './ticket-fields.js';
import { prospects } from './when.js';

/** @typedef {import('./fields.js').Field} Field */

const SUBJECT_FROM_BODY = 80;

/** `<mayfly-ticket>`: the request form, with what was typed already in it, and exactly what would be stored in view. */
export class TicketForm extends HTMLElement {
  /** @type {import('./context.js').Context} */ context = /** @type {any} */ (null);
  /** @type {Field[]} */ #fields = [];
  #intro = h('div', { class: 'hello' });
  #standing = h('div', { class: 'standing', role: 'status', hidden: true });
  #form = h('form', { noValidate: true });
  #file = new FileField();
  /** @type {object | null} what was shown last */ #refused = null;
  #fault = h('p', { class: 'notice bad', role: 'alert', hidden: true });
  #submit = h('button', { class: 'button primary wide', type: 'submit' });
  #waits = h('p', { class: 'waits', role: 'status', hidden: true });
  #include = h('input', { type: 'checkbox', id: 'include' });
  #includeBox = h('div', { class: 'include', hidden: true });
  #preview = h('ol', { class: 'preview', tabIndex: 0, hidden: true });
  #linesShown = '';
  #uploading = false;
  /** @type {import('./model.js').State | null} */ #state = null;

  connectedCallback() {
    const { t, config, keep, prefill, identity } = this.context;
    const device = deviceOf();
    const draft = { 'fields.browser': device.browser, 'fields.system': device.system, ...claimsOf(identity()), ...prefill, ...keep.get('form'), ...keep.get('ticket') };
    this.#fields = ticketFields(config);
    const fields = buildFields(this.#fields, 'ticket', this.context, draft).map((field, at) => (this.#fields[at]?.name === 'file' ? this.#fileField() : field));
    this.#include.checked = !!keep.get('include');
    this.#include.addEventListener('change', () => {
      keep.set('include', this.#include.checked);
      this.#preview.hidden = !this.#include.checked;
    });
    fill(this.#includeBox, h('label', { class: 'switch' }, this.#include, h('span', {}, h('b', {}, t('ticket.include')), h('small', {}, t('ticket.include_hint')))), this.#preview);
    this.#preview.setAttribute('aria-label', t('ticket.preview'));
    fill(this.#form, ...fields, deviceFields({ browser: draft['fields.browser'] ?? '', system: draft['fields.system'] ?? '' }, this.context), this.#includeBox, this.#fault, this.#submit, this.#waits);
    const body = control(this.#form, 'body');
    if (body instanceof HTMLTextAreaElement) body.after(guide(body, t));
    watch(this.#form, (values) => keep.set('ticket', values));
    this.#form.addEventListener('submit', (event) => this.#send(event));
    takesFiles(this.#file, this);
    this.append(this.#standing, this.#intro, this.#form);
  }

  /** @param {import('./model.js').State} state */
  render(state) {
    const { t } = this.context;
    this.#state = state;
    standing(this.#standing, state, t);
    this.#showIntro(state);
    this.#fault.hidden = !state.refused;
    if (state.refused && this.#refused !== state.faults) {
      fill(this.#fault, icon('alert'), t(`error.${state.refused}`));
      showFaults(this.#form, state.faults, t);
      if (state.faults.file) this.#file.refuse(state.faults.file);
    }
    this.#refused = state.faults;
    const sending = !!state.filing || this.#uploading;
    this.#submit.disabled = sending;
    fill(this.#submit, t(sending ? 'ticket.sending' : 'ticket.send'));
    const away = state.link !== 'open' && state.link !== 'connecting';
    const waits = state.filing?.type !== 'post' ? '' : away ? 'ticket.waits' : state.putOff ? 'error.unavailable' : '';
    this.#waits.hidden = !waits;
    if (waits && this.#waits.dataset.shown !== waits) fill(this.#waits, icon('clock'), t(waits));
    this.#waits.dataset.shown = waits;
    this.#showPreview(state);
    this.context.offerArticles?.(control(this.#form, 'subject'), state, this.context);
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
    const { typing = '' } = this.context;
    delete this.context.typing;
    if (typing) return control(this.#form, typing)?.focus();
    const values = readForm(this.#form);
    const empty = this.#fields.find(({ name, required }) => required && !values[name]);
    control(this.#form, empty?.name ?? 'subject')?.focus();
  }

  #fileField() {
    const { t, locale, config, keep, identity } = this.context;
    Object.assign(this.#file, { t, locale, site: config.site, bearer: identity, limits: config.files, kept: keep.get('file') });
    this.#file.keep = (upload) => keep.set('file', upload);
    return this.#file;
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
  async #send(event) {
    event.preventDefault();
    if (this.#uploading || !validate(this.#form, this.#fields, this.context.t)) return;
    this.#upload(true);
    const whole = await this.#file.settled();
    this.#upload(false);
    if (!whole) return this.#file.focusButton();
    const values = Object.entries(readForm(this.#form)).map(([name, value]) => [name, value.trim()]);
    const fields = Object.fromEntries(values.filter(([, value]) => value));
    ask(this, { do: 'file', fields, file: this.#file.value, include: !this.#includeBox.hidden && this.#include.checked });
  }

  /** The file is on its way, and the request goes with it. @param {boolean} now */
  #upload(now) {
    this.#uploading = now;
    if (this.#state) this.render(this.#state);
  }
}

customElements.define('mayfly-ticket', TicketForm);

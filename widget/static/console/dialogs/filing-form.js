/** `<mayfly-filing-form>`: a ticket for somebody else: who calls, or a customer whom support writes to first. */

import { h, fill } from '../../shared/dom.js';
import { newRef } from '../../shared/pending.js';
import { codeOf, wordsOf } from '../api.js';
import { act, setText, sign } from '../draw.js';
import { chooseFile, takeFiles, uploadChip } from '../tickets/attachment.js';
import { formField, formHead, formSelect, isEmail, showFaults, showRefusal } from './form-parts.js';

/**
 * @import { Translate } from '../../shared/i18n.js'
 * @import { Api } from '../api.js'
 * @import { SiteConfig } from '../console.js'
 * @import { Upload } from '../tickets/desk-state.js'
 */

const CHOICES = /** @type {const} */ ([
  ['request_type', 'request_types'],
  ['topic', 'topics'],
  ['importance', 'importance'],
]);

/**
 * What becomes of such a ticket.
 * @param {'phone' | 'desk'} channel
 * @param {Record<string, SiteConfig>} sites
 * @param {Translate} t
 */
export function filingText(channel, sites, t) {
  const unmailed = channel === 'desk' && !Object.values(sites).some(({ letters }) => letters);
  return t(`console.filing.${channel}_text${unmailed ? '_unmailed' : ''}`);
}

export class FilingForm extends HTMLElement {
  #parts;
  #channel;
  /** One ref for all attempts: what was lost on the way is filed once. */
  #ref = newRef();
  #form = h('form', { noValidate: true });
  #choices = h('div', { class: 'row' });
  #files = h('div', { class: 'files' });
  #fault = h('p', { class: 'fault', role: 'alert', hidden: true });
  #submit = h('button', { class: 'button primary', type: 'submit' });
  #site = h('select', { name: 'site' });
  /** @type {Upload | null} */ #upload = null;
  /** @type {AbortController | null} */ #uploading = null;

  /**
   * @param {{t: Translate, locale: string, sites: Record<string, SiteConfig>, teams: Record<string, string>, api: Api}} parts
   * @param {'phone' | 'desk'} channel
   */
  constructor(parts, channel) {
    super();
    this.#parts = parts;
    this.#channel = channel;
    this.#build();
    this.append(this.#form);
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#file();
    });
    takeFiles(this, (file) => void this.#attach(file));
  }

  disconnectedCallback() {
    this.#uploading?.abort();
  }

  #build() {
    const { t, sites, teams } = this.#parts;
    const by = this.#channel;
    const text = (/** @type {string} */ name, more = {}) => h('input', { name, autocomplete: 'off', ...more });
    const optional = t('form.optional');
    const several = Object.keys(sites).length > 1;
    fill(this.#site, ...Object.entries(sites).map(([value, { title }]) => h('option', { value }, title)));
    this.#site.onchange = () => (this.#showChoices(), this.#detach());
    const team = formSelect('team', Object.entries(teams).map(([value, label]) => ({ value, label })), t('console.filing.team_default'));
    const name = text('name', { maxLength: 200, 'data-first': '' });
    const phone = text('phone', { type: 'tel', maxLength: 40 });
    const email = text('email', { type: 'email' });
    const attach = h('button', { class: 'button small', type: 'button' }, sign('clip'), t('console.file.attach'));
    attach.onclick = () => chooseFile(sites[this.#site.value]?.files.accept, (file) => void this.#attach(file));
    setText(this.#submit, t(`console.filing.${by}_submit`));
    const cancel = h('button', { class: 'button quiet', type: 'button', onclick: () => act(this, 'ask', { dialog: null }) }, t('console.form.cancel'));
    fill(
      this.#form,
      formHead(t(`console.filing.${by}`), filingText(by, sites, t), this, t),
      h(
        'div',
        { class: 'fields' },
        several && formField(t('console.tickets.site'), this.#site),
        h(
          'div',
          { class: 'row' },
          formField(t('console.ticket.name'), name, optional),
          by === 'phone' && formField(t('console.ticket.phone'), phone, optional),
          formField(t('console.ticket.email'), email, by === 'phone' && optional),
        ),
        formField(t('console.ticket.subject'), text('subject', { maxLength: 200 })),
        formField(t(`console.filing.${by}_body`), h('textarea', { name: 'body', rows: 6, maxLength: 20_000, dir: 'auto' })),
        this.#choices,
        Object.keys(teams).length > 1 && formField(t('console.change.team'), team),
        h('div', { class: 'attach' }, attach, this.#files),
      ),
      h('footer', {}, this.#fault, cancel, this.#submit),
    );
    this.#showChoices();
  }

  #showChoices() {
    const { t, sites } = this.#parts;
    const site = sites[this.#site.value];
    const offered = CHOICES.filter(([, list]) => site?.[list].length);
    this.#choices.hidden = offered.length === 0;
    const plain = (/** @type {readonly string[]} */ values) => values.map((value) => ({ value, label: value }));
    fill(this.#choices, ...offered.map(([name, list]) => formField(t(`console.ticket.${name}`), formSelect(name, plain(site[list]), t('console.ticket.unset')))));
  }

  /** @param {File} file */
  async #attach(file) {
    this.#detach();
    const { name, size } = file;
    const uploading = (this.#uploading = new AbortController());
    const put = (/** @type {Partial<Upload>} */ some) => {
      if (this.#uploading === uploading) this.#show({ name, size, part: 0, ...some });
    };
    if (size > (this.#parts.sites[this.#site.value]?.files.max_bytes ?? Infinity)) return put({ fault: 'too_large' });
    put({});
    try {
      const kept = await this.#parts.api.upload(this.#site.value, file, { signal: uploading.signal, progress: (part) => put({ part }) });
      put({ part: 1, id: kept.id });
    } catch (reason) {
      put({ fault: codeOf(reason), words: wordsOf(reason) });
    }
  }

  #detach() {
    this.#uploading?.abort();
    this.#uploading = null;
    this.#show(null);
  }

  /** @param {Upload | null} upload */
  #show(upload) {
    this.#upload = upload;
    this.#submit.disabled = Boolean(upload && !upload.id && !upload.fault);
    fill(this.#files, upload && uploadChip(upload, this.#parts.t, this.#parts.locale, () => this.#detach()));
  }

  async #file() {
    const { t, api } = this.#parts;
    const given = new FormData(this.#form);
    const text = (/** @type {string} */ name) => String(given.get(name) ?? '').trim();
    const required = ['subject', 'body', ...(this.#channel === 'desk' ? ['email'] : [])];
    const faults = required.filter((name) => !text(name)).map((field) => ({ field, message: t('console.ticket.required') }));
    if (text('email') && !isEmail(text('email'))) faults.push({ field: 'email', message: t('console.ticket.email_invalid') });
    showFaults(this.#form, this.#fault, faults);
    if (faults.length || this.#submit.disabled) return;
    this.#submit.disabled = true;
    setText(this.#submit, t('console.ticket.sending'));
    const optional = ['name', 'phone', 'email', 'request_type', 'topic', 'importance', 'team'].filter(text).map((name) => [name, text(name)]);
    const file = this.#upload?.id ? { file: this.#upload.id } : {};
    const words = { subject: text('subject'), body: text('body'), ...Object.fromEntries(optional), ...file };
    try {
      const { site, number } = await api.fileTicket({ site: this.#site.value, channel: this.#channel, ref: this.#ref, ...words });
      act(this, 'tell', { key: `console.filing.${this.#channel}_done`, tone: 'good', params: { number: String(number) } });
      act(this, 'go', { view: { name: 'ticket', site, number } });
      act(this, 'ask', { dialog: null });
    } catch (reason) {
      this.#submit.disabled = false;
      setText(this.#submit, t(`console.filing.${this.#channel}_submit`));
      showRefusal(this.#form, this.#fault, reason, t);
    }
  }
}

customElements.define('mayfly-filing-form', FilingForm);

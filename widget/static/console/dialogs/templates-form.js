/** `<mayfly-templates-form>`: the answers everybody can begin with, kept by supervisors. */

import { h, fill, icon } from '../../shared/dom.js';
import { codeOf } from '../api.js';
import { act, setText, sign } from '../draw.js';
import { emptyState } from '../empty.js';
import { formField, formHead, showFaults, showRefusal } from './form-parts.js';

/**
 * @import { Translate } from '../../shared/i18n.js'
 * @import { Api } from '../api.js'
 * @import { Template } from '../tickets/types.js'
 */

export class TemplatesForm extends HTMLElement {
  #parts;
  /** @type {readonly Template[]} */ #all = [];
  /** @type {Template | null} the one that is written; null: none */ #chosen = null;
  #list = h('ul', { class: 'names' });
  #editor = h('div', { class: 'editor' });
  #busy = false;

  /** @param {{t: Translate, locale: string, api: Api}} parts */
  constructor(parts) {
    super();
    this.#parts = parts;
    const { t } = parts;
    const add = h('button', { class: 'button small', type: 'button', 'data-first': '', onclick: () => this.#choose({ id: '', title: '', text: '' }) });
    fill(add, sign('plus'), t('console.templates.add'));
    this.append(
      formHead(t('console.templates.title'), t('console.templates.text'), this, t),
      h('div', { class: 'columns' }, h('div', { class: 'side' }, add, this.#list), this.#editor),
    );
  }

  connectedCallback() {
    void this.#load();
  }

  /** @param {string} [id] the one to open */
  async #load(id) {
    const { t, api } = this.#parts;
    try {
      this.#all = await api.templates();
      const writing = id === undefined && this.#chosen?.id === ''; // they did not wait for the list
      if (writing) return this.#showNames();
      const chosen = this.#all.find((one) => one.id === id) ?? this.#all[0] ?? null;
      this.#choose(chosen);
      if (!chosen) fill(this.#editor, emptyState(sign('bolt'), t('console.templates.empty'), t('console.templates.empty_text')));
    } catch (reason) {
      const retry = h('button', { class: 'button small', type: 'button', onclick: () => void this.#load(id) }, t('console.tickets.retry'));
      fill(this.#editor, emptyState(icon('alert'), t(`error.${codeOf(reason)}`), '', retry));
    }
  }

  /** @param {Template | null} template */
  #choose(template) {
    this.#chosen = template;
    this.#showNames();
    if (!template) return;
    fill(this.#editor, this.#edit(template));
    if (!template.id) this.#editor.querySelector('input')?.focus();
  }

  #showNames() {
    fill(this.#list, ...this.#all.map((one) => h('li', {}, this.#name(one))));
  }

  /** @param {Template} template */
  #name(template) {
    const here = template.id === this.#chosen?.id;
    return h('button', { type: 'button', 'aria-current': here ? 'true' : null, dir: 'auto', onclick: () => this.#choose(template) }, template.title);
  }

  /** @param {Template} template */
  #edit(template) {
    const { t } = this.#parts;
    const fault = h('p', { class: 'fault', role: 'alert', hidden: true });
    const title = h('input', { name: 'title', value: template.title, maxLength: 200, autocomplete: 'off', dir: 'auto' });
    const text = h('textarea', { name: 'text', value: template.text, rows: 10, maxLength: 20_000, dir: 'auto' });
    const remove = h('button', { class: 'button quiet', type: 'button' }, t('console.templates.delete'));
    const form = h(
      'form',
      { noValidate: true },
      formField(t('console.templates.name'), title),
      formField(t('console.templates.answer'), text),
      h('p', { class: 'hint' }, t('console.templates.hint', { name: '{name}', number: '{number}', agent: '{agent}' })),
      h('footer', {}, fault, template.id && remove, h('button', { class: 'button primary', type: 'submit' }, t('console.templates.save'))),
    );
    remove.onclick = () => void this.#delete(template, remove);
    form.onsubmit = (event) => {
      event.preventDefault();
      void this.#save({ ...template, title: title.value.trim(), text: text.value.trim() }, form, fault);
    };
    return form;
  }

  /**
   * @param {Template} template
   * @param {HTMLFormElement} form
   * @param {HTMLElement} fault
   */
  async #save(template, form, fault) {
    const { t, api } = this.#parts;
    const missing = /** @type {const} */ (['title', 'text']).filter((name) => !template[name]);
    showFaults(form, fault, missing.map((field) => ({ field, message: t('console.ticket.required') })));
    if (missing.length || this.#busy) return;
    this.#busy = true;
    try {
      const kept = await api.saveTemplate(template);
      act(this, 'tell', { key: 'console.templates.saved', tone: 'good' });
      act(this, 'forgetKnown');
      await this.#load(kept.id);
    } catch (reason) {
      showRefusal(form, fault, reason, t);
    }
    this.#busy = false;
  }

  /**
   * The first click asks.
   * @param {Template} template
   * @param {HTMLElement} button
   */
  async #delete(template, button) {
    const { t, api } = this.#parts;
    if (!button.classList.contains('danger')) {
      button.className = 'button danger';
      return setText(button, t('console.templates.delete_sure'));
    }
    try {
      await api.deleteTemplate(template.id);
      act(this, 'tell', { key: 'console.templates.deleted', tone: 'neutral' });
      act(this, 'forgetKnown');
    } catch (reason) {
      act(this, 'tell', { key: `error.${codeOf(reason)}`, tone: 'bad' });
    }
    await this.#load();
  }
}

customElements.define('mayfly-templates-form', TemplatesForm);

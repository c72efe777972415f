/**
 * `<mayfly-answer>`: what the requester writes on, with one file; the draft stays as long as the tab does.
 *
 * Set `t`, `locale`, `site`, `bearer`, `limits`, `keep` and `number`, and `send`, which brings the words to the service.
 *
 * @typedef {{text: string, ref: string, file?: string}} Words
 * @typedef {{text?: string, ref?: string, file?: import('./upload.js').Upload | null}} Draft
 */

import { Problem } from './desk.js';
import { h, fill, icon } from './dom.js';
import { FileField, takesFiles } from './file-field.js';
import { newRef } from './pending.js';

const MAX_TEXT = 20_000;

export class Answer extends HTMLElement {
  /** @type {import('./i18n.js').Translate} */ t = (key) => key;
  locale = 'en';
  site = '';
  /** @type {() => string | null} */ bearer = () => null;
  /** @type {import('./file-field.js').Limits} */ limits = {};
  /** @type {{get: (name: string) => any, set: (name: string, value: unknown) => void}} */ keep = { get: () => null, set: () => {} };
  number = 0;
  /** @type {(words: Words) => Promise<void>} raises a Problem */ send = async () => {};
  /** @type {HTMLElement | null} where files may be dropped */ zone = null;

  #text = h('textarea', { rows: 3, dir: 'auto', maxLength: MAX_TEXT, id: 'answer', 'aria-describedby': 'answer-fault' });
  #file = new FileField();
  #fault = h('p', { class: 'fault', id: 'answer-fault', role: 'alert', hidden: true });
  #send = h('button', { class: 'button primary', type: 'submit' });
  #sending = false;
  #beside = h('div', { class: 'answer-beside' });

  connectedCallback() {
    if (this.firstChild) return;
    const { t, locale, site, bearer, limits } = this;
    const { text = '', file = null } = this.#draft;
    this.#text.value = text;
    this.#text.placeholder = t('request.answer.placeholder');
    this.#text.oninput = () => {
      this.#say('');
      this.#remember({ text: this.#text.value, ref: undefined });
    };
    this.#text.onkeydown = (event) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    };
    Object.assign(this.#file, { t, locale, site, bearer, limits, kept: file });
    this.#file.keep = (file) => this.#remember({ file, ref: undefined });
    fill(this.#send, t('request.answer.send'));
    const form = h('form', { noValidate: true }, h('label', { for: 'answer', class: 'visually-hidden' }, t('request.answer.label')), this.#text, this.#fault, h('div', { class: 'answer-row' }, this.#file, this.#beside, this.#send));
    form.onsubmit = (event) => {
      event.preventDefault();
      void this.#submit();
    };
    takesFiles(this.#file, this.zone ?? this);
    this.append(form);
  }

  /** What else can be done, beside the button that sends. @param {...import('./dom.js').Child} buttons */
  beside(...buttons) {
    fill(this.#beside, ...buttons);
  }

  focusText() {
    this.#text.focus();
  }

  async #submit() {
    if (this.#sending) return;
    if (!this.#text.value.trim()) return this.#refuse(this.t('request.answer.empty'));
    this.#turn(true);
    try {
      if (!(await this.#file.settled())) return this.#file.focusButton();
      this.#hold(true);
      const text = this.#text.value.trim();
      const ref = this.#draft.ref ?? newRef();
      this.#remember({ ref }); // sending it again, after a reload too, is the same answer
      await this.send({ text, ref, ...(this.#file.value && { file: this.#file.value }) });
      this.keep.set('replies', { ...this.keep.get('replies'), [this.number]: undefined });
      this.#text.value = '';
      this.#file.clear();
    } catch (fault) {
      const { code, faults } = fault instanceof Problem ? fault : new Problem('internal');
      if (faults.file) this.#file.refuse(faults.file);
      else this.#refuse(this.t(code === 'offline' ? 'request.offline' : faults.text ? `problem.field.${faults.text}` : `error.${code}`));
    } finally {
      this.#hold(false);
      this.#turn(false);
    }
  }

  /** What is on its way stays as it is. @param {boolean} held */
  #hold(held) {
    this.#text.readOnly = held;
    this.#file.inert = held;
  }

  /** @param {boolean} sending */
  #turn(sending) {
    this.#sending = sending;
    this.#send.disabled = sending;
    fill(this.#send, this.t(sending ? 'request.answer.sending' : 'request.answer.send'));
  }

  /** @param {string} words */
  #refuse(words) {
    this.#say(words);
    this.#text.focus();
  }

  /** @param {string} words */
  #say(words) {
    this.#text.toggleAttribute('aria-invalid', !!words);
    this.#fault.hidden = !words;
    fill(this.#fault, ...(words ? [icon('alert'), words] : []));
  }

  /** @returns {Draft} */
  get #draft() {
    return this.keep.get('replies')?.[this.number] ?? {};
  }

  /** @param {Draft} part */
  #remember(part) {
    this.keep.set('replies', { ...this.keep.get('replies'), [this.number]: { ...this.#draft, ...part } });
  }
}

customElements.define('mayfly-answer', Answer);

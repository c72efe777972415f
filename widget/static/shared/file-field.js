/**
 * `<mayfly-file>`: exactly one file, chosen by a button, dropped, or pasted, and uploaded at once.
 *
 * Set `t`, `locale`, `site`, `bearer`, `limits`, `kept` and `keep` first. Dispatches `change` when what it holds has changed.
 *
 * @typedef {import('./upload.js').Upload} Upload
 * @typedef {{max_bytes?: number, accept?: string}} Limits 0 bytes: no files are taken
 * @typedef {{name: 'none'} | {name: 'ready', upload: Upload, file: File | null} | {name: 'stuck', file: File}} Resting
 * @typedef {{name: 'sending', file: File, share: number, cancel: () => void, before: Resting}} Sending
 */

import { Problem } from './desk.js';
import { h, fill, icon } from './dom.js';
import { drawFile, formatSize, thumbnail } from './file-look.js';
import { upload } from './upload.js';

/** @type {Resting} */
const NONE = { name: 'none' };

export class FileField extends HTMLElement {
  /** @type {import('./i18n.js').Translate} */ t = (key) => key;
  locale = 'en';
  site = '';
  /** @type {() => string | null} */ bearer = () => null;
  /** @type {Limits} */ limits = {};
  /** @type {Upload | null} what an earlier page had uploaded */ kept = null;
  /** @type {(upload: Upload | null) => void} */ keep = () => {};

  /** @type {Resting | Sending} */ #holding = NONE;
  /** @type {Promise<void>} */ #running = Promise.resolve();
  /** @type {{of: File, canvas: HTMLCanvasElement | null} | null} */ #thumb = null;
  #input = h('input', { type: 'file', hidden: true });
  #add = h('button', { class: 'file-add', type: 'button', onclick: () => this.#input.click() });
  #box = h('div', { class: 'file-box' });
  #fault = h('p', { class: 'fault', role: 'alert', hidden: true });
  #said = h('span', { class: 'visually-hidden', role: 'status' });
  #bar = h('span', { class: 'file-bar', role: 'progressbar', 'aria-valuemin': 0, 'aria-valuemax': 100 }, h('i'));

  connectedCallback() {
    addEventListener('online', this.#online);
    this.hidden = this.limits.max_bytes === 0;
    if (this.firstChild) return;
    const { t } = this;
    this.#add.append(drawFile('clip'), h('span', {}, t('file.add')), h('small', {}, t('file.hint')));
    this.#add.title = t('file.add');
    this.#input.accept = this.limits.accept ?? '';
    this.#input.onchange = () => {
      const file = this.#input.files?.[0];
      this.#input.value = '';
      if (file) this.take(file);
    };
    this.append(this.#input, this.#add, this.#box, this.#fault, this.#said);
    if (this.kept) this.#holding = { name: 'ready', upload: this.kept, file: null };
    this.#show();
  }

  disconnectedCallback() {
    removeEventListener('online', this.#online); // what is on its way goes on, and is kept for when the form is back
  }

  /** The upload's id, if there is one. */
  get value() {
    return this.#holding.name === 'ready' ? this.#holding.upload.id : null;
  }

  /** Waits until nothing is on its way: whether what was chosen has arrived. */
  async settled() {
    for (let running; running !== this.#running; ) await (running = this.#running);
    return this.#holding.name !== 'stuck';
  }

  /** One file instead of whatever was there; one that cannot be sent takes nothing's place. @param {File} file */
  take(file) {
    const tooLarge = this.limits.max_bytes && file.size > this.limits.max_bytes;
    if (tooLarge || !file.size) return this.#say(tooLarge ? 'too_large' : 'empty');
    const before = this.#rest();
    this.#thumb = { of: file, canvas: null };
    void thumbnail(file).then((canvas) => {
      if (this.#thumb?.of !== file) return;
      this.#thumb.canvas = canvas;
      this.#show();
    });
    this.#send(file, before);
  }

  /** The service does not have it any more, or does not like it. @param {string} code */
  refuse(code) {
    this.#hold(NONE, code);
  }

  clear() {
    this.#rest();
    this.#hold(NONE);
  }

  focusButton() {
    (this.#add.hidden ? this.#box.querySelector('button') : this.#add)?.focus();
  }

  /** @param {File} file @param {Resting} before what is there again if this one is refused */
  #send(file, before) {
    const { done, cancel } = upload(this.site, file, this.bearer(), (share) => this.#progress(share));
    /** @type {Sending} */
    const sending = { name: 'sending', file, share: 0, cancel, before };
    this.#hold(sending);
    this.#running = done.then(
      (sent) => {
        if (this.#holding !== sending) return;
        this.#hold({ name: 'ready', upload: sent, file });
        fill(this.#said, this.t('file.ready', { name: sent.name }));
      },
      (fault) => {
        if (this.#holding !== sending) return;
        const { code, faults, passes } = fault instanceof Problem ? fault : new Problem('invalid');
        this.#hold(passes ? { name: 'stuck', file } : before, faults.file ?? code);
      },
    );
  }

  /** Stops what is on its way. @returns {Resting} what is there without it */
  #rest() {
    const holding = this.#holding;
    if (holding.name !== 'sending') return holding.name === 'stuck' ? NONE : holding;
    this.#holding = holding.before;
    holding.cancel();
    return holding.before;
  }

  /** @param {Resting | Sending} holding @param {string | null} [why] */
  #hold(holding, why = null) {
    const focused = this.contains(document.activeElement);
    this.#holding = holding;
    if (holding.name === 'ready' || holding.name === 'none') this.keep(holding.name === 'ready' ? holding.upload : null);
    this.#say(why);
    if (focused) this.focusButton();
    this.dispatchEvent(new CustomEvent('change', { bubbles: true }));
  }

  /** @param {string | null} code why not */
  #say(code) {
    const { t, locale, limits } = this;
    const key = `file.fault.${code}`;
    const words = t(t(key) === key ? 'file.fault.other' : key, { size: limits.max_bytes ? formatSize(limits.max_bytes, locale) : '' });
    this.#fault.hidden = !code;
    fill(this.#fault, ...(code ? [icon('alert'), h('span', {}, words)] : []));
    this.#show();
  }

  /** @param {number} share */
  #progress(share) {
    if (this.#holding.name === 'sending') this.#holding.share = share;
    this.#bar.setAttribute('aria-valuenow', String(Math.round(share * 100)));
    /** @type {HTMLElement} */ (this.#bar.firstElementChild).style.setProperty('inline-size', `${share * 100}%`);
  }

  #show() {
    const { t, locale } = this;
    const holding = this.#holding;
    const sending = holding.name === 'sending';
    const file = holding.name === 'none' ? null : holding.name === 'ready' ? holding.upload : holding.file;
    const thumb = holding.name !== 'none' && this.#thumb?.of === holding.file ? this.#thumb.canvas : null;
    this.dataset.holding = holding.name;
    this.#add.hidden = !!file;
    this.#box.hidden = !file;
    if (!file) return void fill(this.#box);
    const away = t(sending ? 'file.cancel' : 'file.remove');
    this.#bar.setAttribute('aria-label', t('file.sending', { name: file.name }));
    if (sending) this.#progress(holding.share);
    fill(
      this.#box,
      h('span', { class: 'file-thumb' }, thumb ?? drawFile('file')),
      h('span', { class: 'file-what' }, h('b', { title: file.name, dir: 'auto' }, file.name), sending ? this.#bar : h('small', {}, formatSize(file.size, locale))),
      holding.name === 'stuck' && h('button', { class: 'button small', type: 'button', onclick: () => this.#send(holding.file, NONE) }, t('file.again')),
      h('button', { class: 'icon-button', type: 'button', title: away, 'aria-label': away, onclick: () => this.clear() }, icon('close')),
    );
  }

  #online = () => {
    if (this.#holding.name === 'stuck') this.#send(this.#holding.file, NONE);
  };
}

/**
 * Lets a field take what is pasted into an element, or dropped onto it.
 *
 * @param {FileField} field
 * @param {HTMLElement} zone
 */
export function takesFiles(field, zone) {
  let depth = 0;
  if (field.limits.max_bytes === 0) return;
  /** @param {DragEvent} event @param {number} step */
  const over = (event, step) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    depth = step === 0 && event.type === 'drop' ? 0 : Math.max(0, depth + step);
    zone.classList.toggle('file-over', depth > 0);
  };
  zone.addEventListener('dragenter', (event) => over(event, 1));
  zone.addEventListener('dragleave', (event) => over(event, -1));
  zone.addEventListener('dragover', (event) => over(event, 0));
  zone.addEventListener('drop', (event) => {
    over(event, 0);
    const file = event.dataTransfer?.files[0];
    if (file && !field.inert) field.take(file);
  });
  zone.addEventListener('paste', (event) => {
    const file = event.clipboardData?.files[0];
    if (!file || event.clipboardData?.types.includes('text/plain')) return; // an office program adds a picture of the words
    event.preventDefault();
    if (!field.inert) field.take(named(file, field.t('file.screenshot')));
  });
}

/** A screenshot comes without a name of its own. @param {File} file @param {string} word */
function named(file, word) {
  if (file.name && !/^image\.\w+$/.test(file.name)) return file;
  const at = new Date(Date.now() - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 16).replace('T', ' ').replace(':', '-');
  return new File([file], `${word} ${at}.${file.type.split('/')[1] ?? 'png'}`, { type: file.type });
}

customElements.define('mayfly-file', FileField);

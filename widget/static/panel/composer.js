import { h, fill } from '../shared/dom.js';
import { icon } from '../shared/icons.js';
import { ask } from './context.js';

const COUNT_FROM = 0.9; // of the longest text

/** `<mayfly-composer>`: Enter sends, Shift+Enter breaks; on a touch screen Enter breaks and the button sends. */
export class Composer extends HTMLElement {
  /** @type {import('./context.js').Context} */ context = /** @type {any} */ (null);
  #text = h('textarea', { rows: 1, dir: 'auto', enterKeyHint: 'send' });
  #send = h('button', { class: 'send', type: 'submit', disabled: true }, icon('send'));
  #count = h('p', { class: 'count', 'aria-live': 'polite', hidden: true });

  connectedCallback() {
    const { t, config, keep, touch } = this.context;
    this.#text.placeholder = t('chat.placeholder');
    this.#text.setAttribute('aria-label', t('chat.placeholder'));
    this.#send.setAttribute('aria-label', t('chat.send'));
    this.#text.value = keep.get('draft') ?? '';
    if (touch) this.#text.enterKeyHint = 'enter';
    this.#text.addEventListener('input', () => this.#changed());
    this.#text.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing || (touch && !event.ctrlKey && !event.metaKey)) return;
      event.preventDefault();
      this.#say();
    });
    const form = h('form', {}, this.#text, this.#send);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#say();
      this.#text.focus();
    });
    this.append(form, this.#count, config.sneak_peek ? h('p', { class: 'peek-note' }, t('chat.sneak_peek')) : '');
    this.#fit();
  }

  get text() {
    return this.#text.value;
  }

  focusText() {
    this.#text.focus({ preventScroll: true });
  }

  #say() {
    const text = this.#text.value.trim();
    if (!text || text.length > this.context.config.max_text) return;
    this.#text.value = '';
    this.context.keep.forget('draft');
    this.#fit();
    ask(this, { do: 'say', text });
  }

  #changed() {
    this.context.keep.set('draft', this.#text.value || null);
    this.#fit();
    ask(this, { do: 'typing', draft: this.#text.value });
  }

  #fit() {
    const { t, config } = this.context;
    this.#text.style.setProperty('block-size', 'auto');
    if (this.#text.value) this.#text.style.setProperty('block-size', `${this.#text.scrollHeight}px`);
    const left = config.max_text - this.#text.value.trim().length;
    this.#send.disabled = left < 0 || left === config.max_text;
    this.#count.hidden = left > config.max_text * (1 - COUNT_FROM);
    this.#count.classList.toggle('over', left < 0);
    if (!this.#count.hidden) fill(this.#count, t(left < 0 ? 'chat.too_long_by' : 'chat.left', { count: Math.abs(left) }));
  }
}

customElements.define('mayfly-composer', Composer);

import { h, draw, fill } from '../shared/dom.js';
import { icon } from '../shared/icons.js';
import { ask } from './context.js';
import { Sound } from './sound.js';

const COUNT_FROM = 0.9; // of the longest text
const SMILE = 'M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0zM8.5 14.5c1.7 2.3 5.3 2.3 7 0M9 9.5v.01M15 9.5v.01';
const BELL = 'M6 9.5a6 6 0 0 1 12 0c0 5.5 2 7 2 7H4s2-1.5 2-7zM10 19.5a2.2 2.2 0 0 0 4 0';
const STRUCK = `${BELL}M4 4l16 16`;

/** `<mayfly-composer>`: Enter sends, Shift+Enter breaks; on a touch screen Enter breaks and the button sends. */
export class Composer extends HTMLElement {
  /** @type {import('./context.js').Context} */ context = /** @type {any} */ (null);
  #text = h('textarea', { rows: 1, dir: 'auto', enterKeyHint: 'send' });
  #send = h('button', { class: 'send', type: 'submit', disabled: true }, icon('send'));
  #emoji = h('button', { class: 'tool', type: 'button', 'aria-haspopup': 'dialog', 'aria-expanded': false, onclick: () => this.#toggleEmoji() }, draw('smile', SMILE));
  #bell = h('button', { class: 'tool', type: 'button', onclick: () => this.#toggleSound() });
  /** @type {HTMLElement | null} */ #picker = null;
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
    this.context.sound ??= new Sound(keep);
    this.#showSound();
    this.#emoji.setAttribute('aria-label', t('chat.emoji'));
    this.#emoji.title = t('chat.emoji');
    this.#emoji.hidden = touch; // whose keyboard has them
    this.#emoji.addEventListener('mousedown', (event) => event.preventDefault()); // the focus stays in the picker, which the click then closes
    const form = h('form', {}, this.#text, this.#bell, this.#emoji, this.#send);
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

  #toggleSound() {
    this.context.sound?.toggle();
    this.#showSound();
  }

  #showSound() {
    const { t, sound } = this.context;
    const words = t(sound?.on ? 'chat.sound_on' : 'chat.sound_off');
    fill(this.#bell, draw('bell', sound?.on ? BELL : STRUCK));
    this.#bell.setAttribute('aria-label', t('chat.sound'));
    this.#bell.setAttribute('aria-pressed', String(sound?.on));
    this.#bell.title = words;
  }

  async #toggleEmoji() {
    if (this.#picker) return this.#closeEmoji();
    const { emojiPicker } = await import('./emoji.js');
    if (this.#picker) return;
    this.#picker = emojiPicker(this.context.t, (emoji) => this.#insert(emoji), () => this.#closeEmoji());
    this.#emoji.setAttribute('aria-expanded', 'true');
    this.append(this.#picker);
    this.#picker.querySelector('button')?.focus();
  }

  #closeEmoji() {
    const focused = this.#picker?.contains(document.activeElement);
    const picker = this.#picker;
    this.#picker = null;
    picker?.remove();
    this.#emoji.setAttribute('aria-expanded', 'false');
    if (focused) this.focusText();
  }

  /** @param {string} emoji */
  #insert(emoji) {
    this.#text.setRangeText(emoji, this.#text.selectionStart, this.#text.selectionEnd, 'end');
    this.#closeEmoji();
    this.focusText();
    this.#changed();
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

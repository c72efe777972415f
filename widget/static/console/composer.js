/** `<mayfly-composer>`: where a reply or a note is written. One per chat; what is typed is told at once, so that no draft is lost. */

import { h, fill } from '../shared/dom.js';
import { icon } from '../shared/icons.js';
import { act, setText, sign } from './draw.js';
import { Slash, slashButton } from './slash.js';

/**
 * @import { Translate } from '../shared/i18n.js'
 * @import { Insertions } from './insertions.js'
 * @import { Box, Chat } from './state.js'
 */

const TELL_TYPING_EVERY_MS = 3000;
const COUNT_FROM = 0.85;

export class Composer extends HTMLElement {
  /** @type {Translate} */ t = (key) => key;
  chat = '';
  /** @type {Insertions | undefined} */ insertions;
  /** @type {Chat | undefined} */ #shown;
  /** What templates say. @type {Record<string, string>} */ #values = {};
  #toldTyping = 0;
  #max = 4000;
  /** @type {Box} */ #box = 'reply';

  #text = h('textarea', {
    rows: 1,
    dir: 'auto',
    'aria-describedby': 'composer-hint',
    oninput: () => this.#typed(),
    onkeydown: (/** @type {KeyboardEvent} */ event) => this.#pressed(event),
  });
  #tabs = { reply: this.#buildTab('reply'), note: this.#buildTab('note') };
  #count = h('span', { class: 'left', role: 'status' });
  #hint = h('span', { class: 'hint', id: 'composer-hint' });
  #sendWords = h('span');
  #send = h('button', { class: 'button primary small send', type: 'button', onclick: () => this.#submit() }, this.#sendWords);

  /** @type {Slash | undefined} */ #slash;

  connectedCallback() {
    if (this.firstChild) return;
    const { t } = this;
    this.#send.append(icon('send'));
    fill(this.#tabs.reply, icon('send'), t('console.composer.reply'));
    fill(this.#tabs.note, sign('note'), t('console.composer.note'));
    setText(this.#hint, t('console.composer.hint'));
    this.#slash = new Slash(this.#text, t, (query, signal) => this.#insertable(query, signal));
    this.append(
      h('div', { class: 'tabs', role: 'group', 'aria-label': t('console.composer.boxes') }, this.#tabs.reply, this.#tabs.note),
      this.#slash.element,
      this.#text,
      h('div', { class: 'foot' }, slashButton(t, () => this.#slash?.open()), this.#hint, this.#count, this.#send),
    );
  }

  /** @param {Box} box */
  #buildTab(box) {
    return h('button', { type: 'button', class: 'tab', onclick: () => act(this, 'choose', { chat: this.chat, box, focus: true }) });
  }

  focusText() {
    this.#text.focus();
    this.#text.setSelectionRange(this.#text.value.length, this.#text.value.length);
  }

  /**
   * @param {Chat} chat
   * @param {{name: string, agent: string}} who the visitor and the agent
   * @param {number} max characters
   */
  show(chat, { name, agent }, max) {
    const { t } = this;
    this.#shown = chat;
    this.#values = { name: chat.visitor.name ?? '', agent };
    this.#max = max;
    this.#box = chat.box;
    this.dataset.box = chat.box;
    for (const box of /** @type {Box[]} */ (['reply', 'note'])) this.#tabs[box].setAttribute('aria-pressed', String(box === chat.box));
    this.#tabs.reply.hidden = chat.watch !== null && !chat.watch.joined;
    const words =
      chat.box === 'reply'
        ? t('console.composer.reply_to', { name })
        : chat.watch?.agent
          ? t('console.composer.whisper_hint', { name: chat.watch.agent })
          : t('console.composer.note_hint');
    this.#text.placeholder = words;
    this.#text.setAttribute('aria-label', words);
    setText(this.#sendWords, t(chat.box === 'note' ? 'console.composer.add' : 'console.composer.send'));
    if (this.#text.value !== chat.drafts[chat.box]) this.#text.value = chat.drafts[chat.box];
    this.#measure();
  }

  #typed() {
    act(this, 'write', { chat: this.chat, box: this.#box, text: this.#text.value });
    if (this.#box === 'note' || !this.#text.value.trim() || performance.now() - this.#toldTyping < TELL_TYPING_EVERY_MS) return;
    this.#toldTyping = performance.now();
    act(this, 'typing', { chat: this.chat });
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (this.#slash?.pressed(event)) return;
    if (event.key !== 'Enter' || event.isComposing || event.shiftKey || event.altKey) return;
    event.preventDefault();
    this.#submit();
  }

  /**
   * @param {string} query
   * @param {AbortSignal} signal
   */
  async #insertable(query, signal) {
    const { site, visitor } = /** @type {Chat} */ (this.#shown);
    return (await this.insertions?.find(query, { site, locale: visitor.locale, values: this.#values, identified: !!visitor.claims }, signal)) ?? [];
  }

  #submit() {
    const text = this.#text.value.trim();
    if (!text || text.length > this.#max) return this.#text.focus();
    this.#toldTyping = 0;
    act(this, 'post', { chat: this.chat, box: this.#box, text });
    this.#text.focus();
  }

  #measure() {
    const { length } = this.#text.value;
    const over = length - this.#max;
    setText(
      this.#count,
      over > 0
        ? this.t('console.composer.over', { count: over })
        : length > this.#max * COUNT_FROM
          ? this.t('console.composer.left', { count: -over })
          : '',
    );
    this.#count.classList.toggle('over', over > 0);
    this.#send.disabled = over > 0 || !this.#text.value.trim();
    this.#text.style.setProperty('block-size', 'auto');
    this.#text.style.setProperty('block-size', `${this.#text.scrollHeight}px`);
  }
}

customElements.define('mayfly-composer', Composer);

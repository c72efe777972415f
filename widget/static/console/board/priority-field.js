/** `<mayfly-priority>`: the priority of a waiting chat, 0 to 99, in steps of ten or as it is typed. */

import { h } from '../../shared/dom.js';
import { act, sign } from '../draw.js';

/** @import { Translate } from '../../shared/i18n.js' */

const HIGHEST = 99;
const STEP = 10;

export class PriorityField extends HTMLElement {
  #chat;
  #value;
  #input;
  #less;
  #more;

  /**
   * @param {string} chat
   * @param {number} value
   * @param {Translate} t
   */
  constructor(chat, value, t) {
    super();
    this.#chat = chat;
    this.#value = value;
    this.#input = h('input', {
      type: 'number',
      min: '0',
      max: String(HIGHEST),
      value: String(value),
      'aria-label': t('console.board.priority'),
      title: t('console.board.priority'),
      onchange: () => this.#set(this.#input.valueAsNumber),
    });
    this.#less = h('button', { type: 'button', tabIndex: -1, 'aria-label': t('console.board.lower'), onclick: () => this.step(-1) }, sign('minus'));
    this.#more = h('button', { type: 'button', tabIndex: -1, 'aria-label': t('console.board.raise'), onclick: () => this.step(1) }, sign('plus'));
  }

  connectedCallback() {
    if (!this.firstChild) this.append(this.#less, this.#input, this.#more);
  }

  /**
   * @param {number} value
   * @param {boolean} enabled
   */
  show(value, enabled) {
    this.#value = value;
    this.classList.toggle('raised', value > 0);
    if (document.activeElement !== this.#input) this.#input.value = String(value);
    this.#input.disabled = !enabled;
    this.#less.disabled = !enabled || value === 0;
    this.#more.disabled = !enabled || value === HIGHEST;
  }

  /**
   * To the next ten above or below.
   * @param {1 | -1} direction
   */
  step(direction) {
    this.#set(direction > 0 ? Math.floor(this.#value / STEP) * STEP + STEP : Math.ceil(this.#value / STEP) * STEP - STEP);
  }

  /** @param {number} value */
  #set(value) {
    const priority = Math.max(0, Math.min(HIGHEST, Math.round(value) || 0));
    this.#input.value = String(priority);
    if (priority !== this.#value) act(this, 'prioritise', { chat: this.#chat, priority });
  }
}

customElements.define('mayfly-priority', PriorityField);

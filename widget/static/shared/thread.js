/**
 * `<mayfly-thread>`: the lines of a chat, for the panel and the console.
 *
 * Set `self`, `locale`, `t`, then `show({...})` at every change; the same lines again cost little. Dispatches
 * - `reach` {seq}: the newest line is in view (whether anyone looks at the window is the owner's to know),
 * - `retry` {ref} and `discard` {ref}: asked for on a failed line.
 */

import { h, fill, initials } from './dom.js';
import { icon } from './icons.js';
import { formatDay, formatTime } from './i18n.js';
import { linkify } from './linkify.js';

export { initials };

/**
 * @typedef {'sending'|'sent'|'delivered'|'read'|'failed'} Mark
 *
 * @typedef {object} ThreadLine
 * @property {string} key stable while the line lives, from pending to said
 * @property {'visitor'|'agent'|'system'|'note'} author
 * @property {string} text
 * @property {string | number} at
 * @property {string | null} [name]
 * @property {number} [seq] absent until acknowledged
 * @property {string} [failed] the error code, when it was refused
 * @property {Mark} [mark] instead of the one that `seq` tells
 * @property {boolean} [own] said here; without it, whether the author is `self`
 *
 * @typedef {object} ThreadView
 * @property {ThreadLine[]} lines in order
 * @property {number} [delivered]
 * @property {number} [seen]
 * @property {string | null} [typing] who is typing on the other side
 * @property {string | null} [draft] what they are typing, where that may be seen
 */

const NEAR_PX = 60;
const GROUP_MS = 5 * 60_000;
const EMOJI = '(?:\\p{RI}{2}|[\\d#*]\\uFE0F?\\u20E3|\\p{Extended_Pictographic}[\\p{EMod}\\uFE0F]?[\\u{E0020}-\\u{E007F}]*)'; // flags, keys, pictures with their tags
const ONLY_EMOJI = new RegExp(`^(?:${EMOJI}(?:\\u200D${EMOJI})*\\s*){1,3}$`, 'u');

/**
 * What was said and what is on its way, as one list.
 *
 * @param {readonly {seq: number, author: 'visitor'|'agent'|'system', text: string, at: string, name?: string|null, ref?: string|null}[]} messages
 * @param {readonly {ref: string, text: string, at: string|number, failed?: string}[]} pending
 * @param {'visitor'|'agent'} self whose the pending lines are
 * @returns {ThreadLine[]}
 */
export function threadLines(messages, pending, self) {
  return [
    ...messages.map((message) => ({ ...message, key: message.ref ?? `s${message.seq}` })),
    ...pending.map(({ ref, text, at, failed }) => ({ key: ref, author: self, text, at, failed })),
  ];
}

export class Thread extends HTMLElement {
  /** @type {'visitor'|'agent'} */ self = 'visitor';
  locale = 'en';
  /** @type {import('./i18n.js').Translate} */ t = (key) => key;

  /** @type {Map<string, HTMLElement>} */ #elements = new Map();
  #scroller = h('div', { class: 'scroller', role: 'log', tabIndex: 0 });
  #lines = h('div', { class: 'lines' });
  #typing = h('div', { class: 'typing', hidden: true });
  #newest = h('button', { class: 'newest', type: 'button', hidden: true, onclick: () => this.scrollToNewest() }, icon('down'), h('span'));
  #following = true;
  #unseen = 0;
  #lastSeq = 0;
  #measured = '';
  #resized = new ResizeObserver(() => {
    this.#measured = this.#size;
    if (this.#following) this.#toEnd();
    else this.#scrolled();
  });

  connectedCallback() {
    if (!this.#scroller.isConnected) {
      this.#scroller.append(this.#lines, this.#typing);
      this.append(this.#scroller, this.#newest);
      this.#scroller.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    }
    this.#resized.observe(this.#scroller);
    this.#resized.observe(this.#lines);
  }

  disconnectedCallback() {
    this.#resized.disconnect();
  }

  /** Whether the newest line is in view. */
  get atNewest() {
    return this.#following && this.checkVisibility();
  }

  scrollToNewest() {
    this.#following = true;
    this.#toEnd();
    this.#arrived();
  }

  /** @param {ThreadView} view */
  show({ lines, delivered = 0, seen = 0, typing = null, draft = null }) {
    this.#scroller.setAttribute('aria-label', this.t('chat.thread'));
    const first = this.#elements.size === 0;
    const fresh = this.#reconcile(lines, { delivered, seen });
    for (const line of first ? [] : fresh) this.#elements.get(line.key)?.classList.add('new');
    if (fresh.some((line) => line.author === this.self && !line.seq)) this.#following = true;
    else if (!this.#following && !first) this.#unseen += fresh.filter((line) => line.author !== 'system').length;
    this.#showTyping(typing, draft);
    this.#lastSeq = lines.reduce((most, line) => Math.max(most, line.seq ?? 0), 0);
    if (this.#following) this.scrollToNewest();
    else this.#showNewest();
  }

  /**
   * @param {ThreadLine[]} lines
   * @param {{delivered: number, seen: number}} marks
   * @returns {ThreadLine[]} those that are new here
   */
  #reconcile(lines, marks) {
    const fresh = lines.filter((line) => !this.#elements.has(line.key));
    const keep = new Set();
    /** @type {Node | null} */
    let place = this.#lines.firstChild;
    /** @param {string} key @param {() => HTMLElement} build */
    const put = (key, build) => {
      const element = this.#elements.get(key) ?? build();
      this.#elements.set(key, element);
      keep.add(key);
      if (element === place) place = element.nextSibling;
      else this.#lines.insertBefore(element, place);
      return element;
    };
    lines.forEach((line, index) => {
      const before = lines[index - 1];
      const day = new Date(line.at).toDateString();
      const newDay = !before || new Date(before.at).toDateString() !== day;
      if (newDay) {
        const words = put(`day ${day}`, () => h('p', { class: 'day' }, h('span')));
        const said = formatDay(line.at, this.locale); // "Today" is another day after midnight
        if (words.textContent !== said) fill(/** @type {Element} */ (words.firstElementChild), said);
      }
      const element = put(line.key, () => this.#build(line));
      this.#patch(element, line, { first: newDay || !together(before, line), last: !together(line, lines[index + 1]), ...marks });
    });
    for (const [key, element] of this.#elements) {
      if (keep.has(key)) continue;
      element.remove();
      this.#elements.delete(key);
    }
    return fresh;
  }

  /** @param {ThreadLine} line */
  #build(line) {
    if (line.author === 'system') return h('p', { class: 'line system' }, h('span', {}, this.t(`${this.self === 'visitor' ? 'chat' : 'console'}.system.${line.text}`, { name: line.name ?? '' })));
    const own = line.own ?? line.author === this.self;
    const who = own ? this.t('chat.you') : (line.name ?? this.t(`chat.${line.author}`));
    return h(
      'div',
      { class: `line ${line.author === 'note' ? 'note' : own ? 'own' : 'theirs'}` },
      own ? null : h('span', { class: 'avatar', 'aria-hidden': true }, initials(who)),
      h(
        'div',
        { class: 'body' },
        h('p', { class: 'who' }, line.author === 'note' ? `${who} · ${this.t('console.composer.note')}` : who),
        h('p', { class: ONLY_EMOJI.test(line.text) ? 'text emoji' : 'text', dir: 'auto' }, ...linkify(line.text)),
        h('p', { class: 'meta' }),
      ),
    );
  }

  /**
   * @param {HTMLElement} element
   * @param {ThreadLine} line
   * @param {{first: boolean, last: boolean, delivered: number, seen: number}} place
   */
  #patch(element, line, { first, last, delivered, seen }) {
    if (line.author === 'system') return;
    const mark = line.mark ?? (line.failed ? 'failed' : !line.seq ? 'sending' : line.seq <= seen ? 'read' : line.seq <= delivered ? 'delivered' : 'sent');
    const own = line.own ?? line.author === this.self;
    element.classList.toggle('first', first);
    element.classList.toggle('last', last);
    const signature = `${own && mark} ${line.failed} ${line.at}`;
    if (element.dataset.shown === signature) return;
    element.dataset.shown = signature;
    if (own) element.dataset.mark = mark;
    const meta = /** @type {HTMLElement} */ (element.querySelector('.meta'));
    if (mark === 'failed' && own) this.#showFailure(meta, line);
    else fill(meta, h('time', { dateTime: new Date(line.at).toISOString() }, formatTime(line.at, this.locale)), own && this.#mark(mark));
  }

  /** @param {Mark} mark */
  #mark(mark) {
    const name = mark === 'sending' ? 'clock' : mark === 'sent' ? 'check' : 'checks';
    return h('span', { class: 'mark', title: this.t(`chat.mark.${mark}`) }, icon(name), h('span', { class: 'visually-hidden' }, this.t(`chat.mark.${mark}`)));
  }

  /** @param {HTMLElement} meta @param {ThreadLine} line */
  #showFailure(meta, line) {
    /** @param {string} type */
    const ask = (type) => () => this.dispatchEvent(new CustomEvent(type, { detail: { ref: line.key }, bubbles: true }));
    fill(
      meta,
      h('span', { class: 'reason' }, this.t(`error.${line.failed}`)),
      h('button', { type: 'button', onclick: ask('retry') }, this.t('chat.retry')),
      h('button', { type: 'button', onclick: ask('discard') }, this.t('chat.discard')),
    );
  }

  /** @param {string | null} who @param {string | null} draft */
  #showTyping(who, draft) {
    this.#typing.hidden = !who;
    const signature = who ? `${who}\n${draft ?? ''}` : '';
    if (this.#typing.dataset.shown === signature) return;
    this.#typing.dataset.shown = signature;
    if (!who) return void fill(this.#typing);
    const dots = h('span', { class: 'dots', 'aria-hidden': true }, h('i'), h('i'), h('i'));
    fill(
      this.#typing,
      h('span', { class: 'avatar', 'aria-hidden': true }, initials(who)),
      h('p', { class: 'text' }, draft && h('span', { class: 'draft', dir: 'auto' }, draft), dots, h('span', { class: 'visually-hidden' }, this.t('chat.typing', { name: who }))),
    );
  }

  get #size() {
    return `${this.#scroller.clientHeight} ${this.#lines.offsetHeight}`;
  }

  #scrolled() {
    if (this.#size !== this.#measured) return; // not the reader's doing: a card or the keyboard has come or gone
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    const near = scrollHeight - scrollTop - clientHeight < NEAR_PX;
    if (near === this.#following) return;
    this.#following = near;
    if (near) this.#arrived();
    else this.#showNewest();
  }

  #toEnd() {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  #arrived() {
    this.#unseen = 0;
    this.#showNewest();
    if (this.#lastSeq) this.dispatchEvent(new CustomEvent('reach', { detail: { seq: this.#lastSeq }, bubbles: true }));
  }

  #showNewest() {
    this.#newest.hidden = this.#following;
    this.#newest.setAttribute('aria-label', this.t('chat.newest', { count: this.#unseen }));
    fill(/** @type {HTMLElement} */ (this.#newest.lastElementChild), this.#unseen || '');
  }
}

/** Whether two lines are of one breath. @param {ThreadLine | undefined} one @param {ThreadLine | undefined} next */
function together(one, next) {
  return !!one && !!next && one.author === next.author && one.name === next.name && Math.abs(+new Date(next.at) - +new Date(one.at)) < GROUP_MS && !one.failed;
}

customElements.define('mayfly-thread', Thread);

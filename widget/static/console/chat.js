/** `<mayfly-chat>`: one chat in the middle, with its head, its thread and its composer. A new element for every chat, so that nothing of the last one stays. */

import { h, icon } from '../shared/dom.js';
import { formatTime } from '../shared/i18n.js';
import { Thread, initials, threadLines } from '../shared/thread.js';
import { Bars } from './bars.js';
import { Composer } from './composer.js';
import { act, nameOf, setText, sign, tint } from './draw.js';
import { TYPING_MS } from './reduce.js';
import { asked } from './state.js';

/**
 * @import { Translate } from '../shared/i18n.js'
 * @import { ThreadLine } from '../shared/thread.js'
 * @import { Insertions } from './insertions.js'
 * @import { Chat, State } from './state.js'
 */

/** Where the thread speaks to a visitor, an agent hears it differently. @type {Record<string, string>} */
const OUR_WORDS = { 'chat.discard': 'console.line.edit' };
const DRAFT_MS = 60_000;
const NOTE = /** @type {const} */ ('note');
const AGENT = /** @type {const} */ ('agent');

export class ChatView extends HTMLElement {
  /** @type {Translate} */ t = (key) => key;
  locale = 'en';
  chat = '';
  /** @type {Insertions | undefined} */ insertions;
  /** @type {Chat | null} */ #shown = null;

  #avatar = h('span', { class: 'avatar', 'aria-hidden': true });
  #name = h('h1', { dir: 'auto' });
  #about = h('p', { class: 'about' });
  #handles = h('div', { class: 'handles' });
  #bars = new Bars();
  #thread = new Thread();
  #composer = new Composer();

  connectedCallback() {
    if (this.firstChild) return;
    const { t, chat } = this;
    this.#thread.self = 'agent';
    this.#thread.locale = this.locale;
    this.#thread.t = (key, params) => t(OUR_WORDS[key] ?? key, params);
    for (const part of [this.#composer, this.#bars]) Object.assign(part, { t, chat });
    this.#composer.insertions = this.insertions;
    this.#thread.addEventListener('reach', () => act(this, 'reach'));
    this.#thread.addEventListener('retry', (event) => act(this, 'retry', { chat, ref: /** @type {CustomEvent} */ (event).detail.ref }));
    this.#thread.addEventListener('discard', (event) =>
      act(this, 'takeBack', { chat, ref: /** @type {CustomEvent} */ (event).detail.ref }),
    );
    this.classList.add(tint(chat));
    this.append(this.#buildHead(), this.#bars, this.#thread, this.#composer);
  }

  #buildHead() {
    const { t, chat } = this;
    const back = h(
      'button',
      { class: 'icon-button back', type: 'button', 'aria-label': t('console.nav.back'), onclick: () => act(this, 'turn', { pane: 'list' }) },
      icon('back'),
    );
    const details = h(
      'button',
      {
        class: 'icon-button details',
        type: 'button',
        'aria-label': t('console.chat.card'),
        title: `${t('console.chat.card')} (I)`,
        onclick: () => act(this, 'card'),
      },
      sign('info'),
    );
    this.#handles.append(
      this.#handle('quiet transfer', 'H', sign('hand'), t('console.chat.transfer'), () => act(this, 'askTransfer')),
      this.#handle('quiet ticket', 'T', icon('ticket'), t('console.chat.ticket'), () =>
        act(this, 'ask', { dialog: { name: 'ticket', chat, andEnd: false } }),
      ),
      this.#handle('danger end', 'E', icon('end'), t('console.chat.end'), () => act(this, 'ask', { dialog: { name: 'end', chat } })),
    );
    return h('div', { class: 'head' }, back, this.#avatar, h('div', { class: 'words' }, this.#name, this.#about), this.#handles, details);
  }

  /**
   * @param {string} kind
   * @param {string} key
   * @param {Node} mark
   * @param {string} words
   * @param {() => void} onclick
   */
  #handle(kind, key, mark, words, onclick) {
    return h('button', { class: `button small ${kind}`, type: 'button', title: `${words} (${key})`, onclick }, mark, h('span', {}, words));
  }

  get atNewest() {
    return this.#thread.atNewest;
  }

  focusText() {
    this.#composer.focusText();
  }

  /**
   * @param {Chat} chat
   * @param {State} state
   * @param {number} now
   * @param {string} siteTitle
   */
  show(chat, state, now, siteTitle) {
    const name = nameOf(chat, this.t);
    this.#bars.show(chat, state, now);
    this.#showThread(chat, name, state.agent.name, now);
    if (chat === this.#shown) return;
    this.#shown = chat;
    setText(this.#avatar, initials(name));
    setText(this.#name, name);
    this.#handles.hidden = chat.watch !== null;
    /** @type {HTMLButtonElement} */ (this.#handles.firstElementChild).disabled = chat.transfer !== null;
    const since = chat.startedAt ? this.t('console.chat.since', { time: formatTime(chat.startedAt, this.locale) }) : '';
    setText(this.#about, [siteTitle, chat.visitor.topic, since].filter(Boolean).join(' · '));
    this.#composer.show(chat, { name, agent: state.agent.name }, state.limits.max_text);
  }

  /**
   * @param {Chat} chat
   * @param {string} name the visitor's
   * @param {string} agent
   * @param {number} now
   */
  #showThread(chat, name, agent, now) {
    const age = chat.typing ? now - chat.typing.at : Infinity;
    const draft = age < DRAFT_MS ? (chat.typing?.draft ?? null) : null;
    const typing = draft || age < TYPING_MS ? name : null;
    const signature = `${typing} ${draft}`;
    if (chat === this.#shown && this.dataset.typing === signature) return;
    this.dataset.typing = signature;
    this.#thread.show({ lines: this.#lines(chat, agent), delivered: chat.delivered, seen: chat.seen, typing, draft });
  }

  /**
   * Notes stand among the messages by their time; what is still on its way comes last, whatever this machine's clock says.
   * @param {Chat} chat
   * @param {string} agent
   * @returns {ThreadLine[]}
   */
  #lines(chat, agent) {
    const messages = threadLines([...asked(chat), ...chat.messages], [], 'agent').map((line) => ({
      ...line,
      own: line.author === 'agent' && (line.name ?? agent) === agent,
    }));
    const notes = chat.notes.map(({ n, ref, name, text, at }) => ({ key: ref ?? `n${n}`, author: NOTE, name, text, at }));
    const said = [...messages, ...notes].sort((a, b) => Date.parse(String(a.at)) - Date.parse(String(b.at)));
    const pending = chat.pending.lines.map(({ ref, box, text, at, failed }) => ({
      key: ref,
      author: box === 'note' ? NOTE : AGENT,
      name: box === 'note' ? agent : undefined,
      text,
      at,
      failed,
    }));
    return [...said, ...pending];
  }
}

customElements.define('mayfly-chat', ChatView);

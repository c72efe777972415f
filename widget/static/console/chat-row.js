/** `<mayfly-chat-row>`: a chat in the list: who, the one thing to know about it now, and how long they have waited. */

import { h, icon } from '../shared/dom.js';
import { initials } from '../shared/thread.js';
import { act, nameOf, planMark, setText, sign, stopwatch, tint } from './draw.js';
import { TYPING_MS } from './reduce.js';
import { countUnread, unansweredSince } from './state.js';

/**
 * @import { Translate } from '../shared/i18n.js'
 * @import { Chat, State } from './state.js'
 */

const LATE_MS = 60_000;

export class ChatRow extends HTMLElement {
  #t;
  #avatar;
  #name = h('b', { dir: 'auto' });
  #last = h('span', { class: 'last', dir: 'auto' });
  #wait = h('time');
  #filed = h('span', { class: 'filed', hidden: true }, icon('ticket'));
  #moving = h('span', { class: 'moving', hidden: true }, sign('hand'));
  #unread = h('span', { class: 'unread' });
  #button;

  /**
   * @param {Chat} chat
   * @param {Translate} t
   */
  constructor(chat, t) {
    super();
    this.#t = t;
    this.#avatar = h('span', { class: `avatar ${tint(chat.chat)}`, 'aria-hidden': true });
    for (const [mark, key] of /** @type {[HTMLElement, string][]} */ ([
      [this.#filed, 'console.chats.ticket'],
      [this.#moving, 'console.chats.moving'],
    ])) {
      mark.title = t(key);
      mark.append(h('span', { class: 'visually-hidden' }, t(key)));
    }
    this.#button = h(
      'button',
      { class: 'chat-row', type: 'button', onclick: () => act(this, 'select', { chat: chat.chat, focus: true }) },
      this.#avatar,
      h('span', { class: 'words' }, this.#name, h('span', { class: 'second' }, planMark(chat.plan), this.#last)),
      h('span', { class: 'side' }, this.#wait, h('span', { class: 'marks' }, this.#moving, this.#filed, this.#unread)),
    );
  }

  connectedCallback() {
    if (!this.firstChild) this.append(this.#button);
  }

  /**
   * @param {Chat} chat
   * @param {State} state
   * @param {number} now ms
   */
  show(chat, state, now) {
    const t = this.#t;
    const name = nameOf(chat, t);
    const unread = chat.watch ? 0 : countUnread(chat, state.agent);
    const waits = unansweredSince(chat);
    const wait = waits === null ? '' : stopwatch(now - waits);
    const { text, tone } = this.#lastLine(chat, state, now);
    if (chat.chat === state.selected) this.#button.setAttribute('aria-current', 'true');
    else this.#button.removeAttribute('aria-current');
    this.#button.classList.toggle('fresh', unread > 0);
    this.#button.classList.toggle('left', chat.eraseAt !== null);
    this.#button.classList.toggle('due', chat.due !== null);
    setText(this.#avatar, initials(name));
    setText(this.#name, name);
    setText(this.#last, text);
    this.#last.className = `last ${tone}`;
    setText(this.#wait, wait);
    this.#wait.setAttribute('aria-label', wait && t('console.chats.waits', { wait }));
    this.#wait.className = waits !== null && now - waits > LATE_MS ? 'late' : '';
    this.#filed.hidden = chat.tickets.length === 0;
    this.#moving.hidden = chat.transfer === null;
    setText(this.#unread, unread ? String(unread) : '');
    this.#unread.setAttribute('aria-label', unread ? t('console.chats.unread', { count: unread }) : '');
  }

  /**
   * The one thing to know about a chat: that it goes, that a line did not, that somebody types or waits too long, or what was said last.
   * @param {Chat} chat
   * @param {State} state
   * @param {number} now
   * @returns {{text: string, tone: string}}
   */
  #lastLine(chat, { agent }, now) {
    const t = this.#t;
    if (chat.eraseAt !== null)
      return { text: t('console.chats.left', { count: Math.max(0, Math.ceil((chat.eraseAt - now) / 1000)) }), tone: 'bad' };
    if (chat.pending.lines.some((line) => line.failed)) return { text: t('console.chats.not_sent'), tone: 'bad' };
    if (chat.typing && now - chat.typing.at < TYPING_MS) return { text: t('console.chats.typing'), tone: 'typing' };
    if (chat.due !== null) return { text: t(chat.watch ? 'console.chats.due' : 'console.chats.due_you'), tone: 'due' };
    const draft = chat.drafts.reply.trim();
    if (draft) return { text: t('console.chats.draft', { text: draft.slice(0, 80) }), tone: 'draft' };
    const last = chat.messages.findLast((message) => message.author !== 'system');
    const note = chat.notes.at(-1);
    if (note && (!last || Date.parse(note.at) > Date.parse(last.at))) {
      const { name, text } = note;
      return { text: t('console.chats.note', { name: name === agent.name ? t('chat.you') : name, text: text.slice(0, 120) }), tone: 'note' };
    }
    if (!last) return { text: chat.visitor.question ?? '', tone: '' };
    const text = last.text.slice(0, 120);
    if (last.author === 'visitor') return { text, tone: '' };
    if (!last.name || last.name === agent.name) return { text: t('console.chats.you', { text }), tone: '' };
    return { text: t('console.chats.they', { name: last.name, text }), tone: '' };
  }
}

customElements.define('mayfly-chat-row', ChatRow);

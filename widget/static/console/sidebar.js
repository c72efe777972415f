/** `<mayfly-sidebar>`: the agent's availability, the lines of their teams, and their chats. */

import { h, fill, icon } from '../shared/dom.js';
import { initials } from '../shared/thread.js';
import { act, nameOf, Rows, setText, stopwatch, tint } from './draw.js';
import { TYPING_MS } from './reduce.js';
import { countUnread, unansweredSince } from './state.js';

/**
 * @import { Translate } from '../shared/i18n.js'
 * @import { Chat, Queue, State } from './state.js'
 */

export class Sidebar extends HTMLElement {
  /** @type {Translate} */ t = (key) => key;

  #status = h('strong');
  #load = h('small');
  #meter = h('span', { class: 'meter', 'aria-hidden': true });
  #switch = h('button', { class: 'availability', type: 'button', role: 'switch', onclick: () => act(this, 'availability') });
  #queueList = h('ul', { class: 'queues' });
  #chatList = h('ul', { class: 'chats' });
  #chatCount = h('span', { class: 'count' });
  #none = h('p', { class: 'none' });
  /** @type {Rows<Queue, HTMLElement>} */ #queues = new Rows(
    this.#queueList,
    (queue) => queue.team,
    (queue) => this.#buildQueue(queue),
  );
  /** @type {Rows<Chat, HTMLElement>} */ #chats = new Rows(
    this.#chatList,
    (chat) => chat.chat,
    (chat) => this.#buildChat(chat),
  );

  connectedCallback() {
    if (this.firstChild) return;
    const { t } = this;
    this.setAttribute('role', 'region');
    this.setAttribute('aria-label', t('console.nav.chats'));
    this.#switch.append(
      h('span', { class: 'knob', 'aria-hidden': true }),
      h('span', { class: 'words' }, this.#status, this.#load),
      this.#meter,
    );
    this.append(
      this.#switch,
      h('section', { class: 'lines', 'aria-label': t('console.queue.title') }, h('h2', {}, t('console.queue.title')), this.#queueList),
      h(
        'section',
        { class: 'own', 'aria-label': t('console.chats.title') },
        h('h2', {}, t('console.chats.title'), this.#chatCount),
        this.#chatList,
        this.#none,
      ),
    );
  }

  /**
   * @param {State} state
   * @param {number} now ms
   */
  show(state, now) {
    const { t } = this;
    const available = state.availability === 'available';
    this.#switch.setAttribute('aria-checked', String(available));
    this.#switch.setAttribute('aria-label', t('console.availability.label'));
    this.#switch.disabled = state.connection.state !== 'open';
    setText(this.#status, t(`console.availability.${state.availability}`));
    setText(this.#load, t('console.availability.load', { count: state.chats.length, capacity: state.agent.capacity }));
    this.#showMeter(state.chats.length, state.agent.capacity);
    this.#queues.show(state.queues, (row, queue) => this.#patchQueue(row, queue, state, now));
    this.#chats.show(state.chats, (row, chat) => this.#patchChat(row, chat, chat.chat === state.selected, now));
    setText(this.#chatCount, state.chats.length ? String(state.chats.length) : '');
    this.#none.hidden = state.chats.length > 0;
    setText(this.#none, t('console.empty.list'));
  }

  /**
   * @param {number} count
   * @param {number} capacity
   */
  #showMeter(count, capacity) {
    const shown = `${count}/${capacity}`;
    if (this.#meter.dataset.shown === shown) return;
    this.#meter.dataset.shown = shown;
    this.#meter.classList.toggle('full', count >= capacity);
    if (capacity > 8) fill(this.#meter, shown);
    else fill(this.#meter, ...Array.from({ length: capacity }, (_, at) => h('i', { class: at < count ? 'taken' : '' })));
  }

  /** @param {Queue} queue */
  #buildQueue(queue) {
    const take = h(
      'button',
      { class: 'button small take', type: 'button', 'aria-label': this.t('console.queue.take_from', { team: queue.title }) },
      this.t('console.queue.take'),
    );
    take.addEventListener('click', () => act(this, 'take', { team: queue.team }));
    return h(
      'li',
      { class: 'queue' },
      h('span', { class: 'words' }, h('b', {}, queue.title), h('small')),
      h('span', { class: 'number', 'aria-hidden': true }),
      take,
    );
  }

  /**
   * @param {HTMLElement} row
   * @param {Queue} queue
   * @param {State} state
   * @param {number} now
   */
  #patchQueue(row, { waiting, since, head }, state, now) {
    const { t } = this;
    const [words, number, take] = row.children;
    row.classList.toggle('busy', waiting > 0);
    setText(words.children[1], waiting ? t('console.queue.longest', { wait: stopwatch(now - since) }) : t('console.queue.none'));
    words.children[1].setAttribute(
      'aria-label',
      waiting ? `${t('console.queue.waiting', { count: waiting })}, ${t('console.queue.longest', { wait: stopwatch(now - since) })}` : '',
    );
    setText(number, waiting ? String(waiting) : '');
    const button = /** @type {HTMLButtonElement} */ (take);
    button.hidden = !head;
    button.disabled = state.connection.state !== 'open' || state.chats.length >= state.agent.capacity;
  }

  /** @param {Chat} chat */
  #buildChat(chat) {
    const name = nameOf(chat, this.t);
    const button = h(
      'button',
      { class: 'chat-row', type: 'button', onclick: () => act(this, 'select', { chat: chat.chat, focus: true }) },
      h('span', { class: `avatar ${tint(chat.chat)}`, 'aria-hidden': true }, initials(name)),
      h('span', { class: 'words' }, h('b'), h('span', { class: 'last', dir: 'auto' })),
      h('span', { class: 'side' }, h('time'), h('span', { class: 'marks' }, this.#filedMark(), h('span', { class: 'unread' }))),
    );
    return h('li', {}, button);
  }

  #filedMark() {
    const words = this.t('console.chats.ticket');
    return h('span', { class: 'filed', title: words, hidden: true }, icon('ticket'), h('span', { class: 'visually-hidden' }, words));
  }

  /**
   * @param {HTMLElement} row
   * @param {Chat} chat
   * @param {boolean} selected
   * @param {number} now
   */
  #patchChat(row, chat, selected, now) {
    const { t } = this;
    const button = /** @type {HTMLElement} */ (row.firstElementChild);
    const [avatar, words, side] = button.children;
    const unread = countUnread(chat);
    const waits = unansweredSince(chat);
    const { text, tone } = this.#lastLine(chat, now);
    if (selected) button.setAttribute('aria-current', 'true');
    else button.removeAttribute('aria-current');
    button.classList.toggle('fresh', unread > 0);
    button.classList.toggle('left', chat.eraseAt !== null);
    setText(avatar, initials(nameOf(chat, t)));
    setText(words.children[0], nameOf(chat, t));
    setText(words.children[1], text);
    words.children[1].className = `last ${tone}`;
    setText(side.children[0], waits ? stopwatch(now - waits) : '');
    side.children[0].setAttribute('aria-label', waits ? t('console.chats.waits', { wait: stopwatch(now - waits) }) : '');
    side.children[0].className = waits && now - waits > 60_000 ? 'late' : '';
    const [filed, count] = side.children[1].children;
    filed.toggleAttribute('hidden', chat.tickets.length === 0);
    setText(count, unread ? String(unread) : '');
    count.setAttribute('aria-label', unread ? t('console.chats.unread', { count: unread }) : '');
  }

  /**
   * The one thing to know about a chat: that it goes, that a line did not, that somebody types, or what was said last.
   * @param {Chat} chat
   * @param {number} now
   * @returns {{text: string, tone: string}}
   */
  #lastLine(chat, now) {
    const { t } = this;
    if (chat.eraseAt !== null)
      return { text: t('console.chats.left', { count: Math.max(0, Math.ceil((chat.eraseAt - now) / 1000)) }), tone: 'bad' };
    if (chat.pending.lines.some((line) => line.failed)) return { text: t('console.chats.not_sent'), tone: 'bad' };
    if (chat.typing && now - chat.typing.at < TYPING_MS) return { text: t('console.chats.typing'), tone: 'typing' };
    const draft = chat.drafts.reply.trim();
    if (draft) return { text: t('console.chats.draft', { text: draft.slice(0, 80) }), tone: 'draft' };
    const last = chat.messages.findLast((message) => message.author !== 'system');
    if (!last) return { text: chat.visitor.question ?? '', tone: '' };
    const line = last.text.slice(0, 120);
    return { text: last.author === 'agent' ? t('console.chats.you', { text: line }) : line, tone: '' };
  }
}

customElements.define('mayfly-sidebar', Sidebar);

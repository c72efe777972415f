/** `<mayfly-sidebar>`: the agent's availability, the lines, and the chats they have and watch. */

import { h, fill } from '../shared/dom.js';
import { ChatRow } from './chat-row.js';
import { act, Rows, setText, stopwatch } from './draw.js';
import { ownChats, supervises, watchedChats } from './state.js';

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
  #watchList = h('ul', { class: 'chats' });
  #chatCount = h('span', { class: 'count' });
  #none = h('p', { class: 'none' });
  #watched = h('section', { class: 'watched', hidden: true });
  /** @type {Rows<Queue, HTMLElement>} */ #queues = new Rows(
    this.#queueList,
    (queue) => queue.team,
    (queue) => this.#buildQueue(queue),
  );
  #own = this.#listOf(this.#chatList);
  #others = this.#listOf(this.#watchList);

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
    this.#watched.setAttribute('aria-label', t('console.watch.title'));
    this.#watched.append(h('h2', {}, t('console.watch.title')), this.#watchList);
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
      this.#watched,
    );
  }

  /**
   * @param {HTMLElement} list
   * @returns {Rows<Chat, HTMLElement>}
   */
  #listOf(list) {
    return new Rows(
      list,
      (chat) => chat.chat,
      (chat) => h('li', {}, new ChatRow(chat, this.t)),
    );
  }

  /**
   * @param {State} state
   * @param {number} now ms
   */
  show(state, now) {
    const { t } = this;
    const available = state.availability === 'available';
    const own = ownChats(state);
    const watched = watchedChats(state);
    this.#switch.setAttribute('aria-checked', String(available));
    this.#switch.setAttribute('aria-label', t('console.availability.label'));
    this.#switch.disabled = state.connection.state !== 'open';
    setText(this.#status, t(`console.availability.${state.availability}`));
    setText(this.#load, t('console.availability.load', { count: own.length, capacity: state.agent.capacity }));
    this.#showMeter(own.length, state.agent.capacity);
    this.#queues.show(linesOf(state), (row, queue) => this.#patchQueue(row, queue, state, own.length, now));
    for (const [rows, chats] of /** @type {[Rows<Chat, HTMLElement>, Chat[]][]} */ ([
      [this.#own, own],
      [this.#others, watched],
    ]))
      rows.show(chats, (row, chat) => /** @type {ChatRow} */ (row.firstElementChild).show(chat, state, now));
    setText(this.#chatCount, own.length ? String(own.length) : '');
    this.#none.hidden = own.length > 0;
    setText(this.#none, t('console.empty.list'));
    this.#watched.hidden = watched.length === 0;
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
   * @param {number} chats how many the agent has
   * @param {number} now
   */
  #patchQueue(row, { waiting, since, head }, state, chats, now) {
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
    button.disabled = state.connection.state !== 'open' || chats >= state.agent.capacity;
  }
}

/**
 * The lines of the agent's teams; supervisors also see those of others where somebody waits.
 * @param {State} state
 */
function linesOf(state) {
  const own = state.queues.filter((queue) => state.agent.teams.includes(queue.team));
  const others = state.queues.filter((queue) => !own.includes(queue) && queue.waiting > 0);
  return supervises(state) ? [...own, ...others] : own;
}

customElements.define('mayfly-sidebar', Sidebar);

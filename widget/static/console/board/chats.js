/** `<mayfly-board-chats>`: who waits and who talks; each opens to be watched, and who waits can be let before others. */

import { h } from '../../shared/dom.js';
import { act, Rows, setText, sign, stopwatch, urgency } from '../draw.js';
import { PriorityField } from './priority-field.js';

/**
 * @import { Translate } from '../../shared/i18n.js'
 * @import { Board, Entry, State } from '../state.js'
 */

/** @typedef {{name: 'waiting' | 'active', head: HTMLElement, rows: Rows<Entry, HTMLTableRowElement>, none: HTMLElement, count: HTMLElement, section: HTMLElement}} Part */

const COLUMNS = { waiting: ['position', 'team', 'wait', 'priority', 'actions'], active: ['agent', 'duration', 'actions'] };

export class BoardChats extends HTMLElement {
  /** @type {Translate} */ t = (key) => key;
  /** @type {Readonly<Record<string, {title: string}>>} */ sites = {};
  #waiting = this.#part('waiting', (entry) => this.#buildWaiting(entry));
  #active = this.#part('active', (entry) => this.#buildActive(entry));

  connectedCallback() {
    if (this.firstChild) return;
    for (const { name, section, head, count, none } of [this.#waiting, this.#active]) {
      head.append(h('tr', {}, ...COLUMNS[name].map((column) => h('th', { scope: 'col' }, this.t(`console.board.${column}`)))));
      section.prepend(h('h2', {}, this.t(`console.board.chats_${name}`), count));
      setText(none, this.t(`console.board.none_${name}`));
      this.append(section);
    }
  }

  /**
   * @param {'waiting' | 'active'} name
   * @param {(entry: Entry) => HTMLTableRowElement} build
   * @returns {Part}
   */
  #part(name, build) {
    const head = h('thead', { class: 'visually-hidden' });
    const body = h('tbody');
    const none = h('p', { class: 'none' });
    const section = h('section', { class: name }, h('table', {}, head, body), none);
    return { name, head, rows: new Rows(body, (entry) => entry.chat, build), none, count: h('span', { class: 'count' }), section };
  }

  /**
   * @param {readonly Entry[]} chats
   * @param {Board} board
   * @param {State} state
   * @param {number} now ms
   */
  show(chats, board, state, now) {
    const waiting = chats.filter((chat) => chat.state === 'waiting').sort((a, b) => (a.position ?? 0) - (b.position ?? 0) || a.since - b.since);
    const active = chats.filter((chat) => chat.state === 'active').sort((a, b) => a.since - b.since);
    const titles = new Map(board.teams.map(({ team, title }) => [team, title]));
    const names = new Map(board.agents.map(({ id, name }) => [id, name]));
    for (const [part, entries] of /** @type {[Part, Entry[]][]} */ ([
      [this.#waiting, waiting],
      [this.#active, active],
    ])) {
      part.none.hidden = entries.length > 0;
      setText(part.count, entries.length ? String(entries.length) : '');
    }
    const connected = state.connection.state === 'open';
    this.#waiting.rows.show(waiting, (row, entry) => {
      const agent = entry.ringing ? (names.get(entry.agent ?? '') ?? '') : '';
      this.#patchWaiting(row, entry, titles.get(entry.team) ?? entry.team, agent, connected, now);
    });
    this.#active.rows.show(active, (row, entry) => {
      const mine = entry.agent === state.agent.id;
      const name = mine ? this.t('console.board.you') : (names.get(entry.agent ?? '') ?? '–');
      this.#patchActive(row, entry, titles.get(entry.team) ?? entry.team, name, now);
    });
  }

  /** @param {Entry} entry */
  #buildWaiting({ chat, priority }) {
    const take = h('button', { class: 'button small', type: 'button', onclick: () => act(this, 'takeOver', { chat }) }, this.t('console.queue.take'));
    const field = new PriorityField(chat, priority ?? 0, this.t);
    const row = h(
      'tr',
      {},
      h('td', { class: 'position' }),
      h('th', { scope: 'row' }, this.#open(chat), h('small', { class: 'about' })),
      h('td', { class: 'time' }),
      h('td', { class: 'rank' }, field),
      h('td', { class: 'do' }, take, this.#eye()),
    );
    row.addEventListener('keydown', (event) => {
      if (event.target instanceof HTMLInputElement) return;
      if (event.key === '+' || event.key === '=') field.step(1);
      if (event.key === '-') field.step(-1);
    });
    return row;
  }

  /** @param {Entry} entry */
  #buildActive({ chat }) {
    return h(
      'tr',
      {},
      h('th', { scope: 'row' }, this.#open(chat), h('small', { class: 'about' }), h('small', { class: 'owed' })),
      h('td', { class: 'time' }),
      h('td', { class: 'do' }, this.#eye()),
    );
  }

  /** The whole row is this button; see `board.css`. @param {string} chat */
  #open(chat) {
    return h('button', { class: 'open', type: 'button', title: this.t('console.board.watch'), onclick: () => act(this, 'watch', { chat }) });
  }

  /** What tells one chat from another without a word of it: the site, where there are several, the plan and the topic. @param {Entry} entry */
  #marks({ site, plan, topic }) {
    const title = site && Object.keys(this.sites).length > 1 ? (this.sites[site]?.title ?? site) : '';
    return [title, plan, topic].filter(Boolean);
  }

  #eye() {
    return h('span', { class: 'eye', 'aria-hidden': true }, sign('eye'));
  }

  /**
   * @param {HTMLTableRowElement} row
   * @param {Entry} entry
   * @param {string} team
   * @param {string} agent at whom it rings
   * @param {boolean} connected
   * @param {number} now
   */
  #patchWaiting(row, entry, team, agent, connected, now) {
    const { position, since, priority } = entry;
    const [place, who, time, field, buttons] = row.cells;
    setText(place, position ? String(position) : '');
    setText(who.children[0], team);
    setText(who.children[1], [agent && this.t('console.board.rings_at', { name: agent }), ...this.#marks(entry)].filter(Boolean).join(' · '));
    row.classList.toggle('ringing', agent !== '');
    setText(time, stopwatch(now - since));
    time.className = `time ${urgency(now - since)}`;
    /** @type {PriorityField} */ (field.firstElementChild).show(priority ?? 0, connected);
    /** @type {HTMLButtonElement} */ (buttons.firstElementChild).disabled = !connected;
  }

  /**
   * @param {HTMLTableRowElement} row
   * @param {Entry} entry
   * @param {string} team
   * @param {string} agent
   * @param {number} now
   */
  #patchActive(row, entry, team, agent, now) {
    const { since, ringing, priority, owed } = entry;
    const [who, time] = row.cells;
    setText(who.children[0], agent);
    setText(who.children[1], [team, ...this.#marks(entry), priority ? this.t('console.board.priority_of', { count: priority }) : ''].filter(Boolean).join(' · '));
    row.classList.toggle('ringing', ringing ?? false);
    const waits = owed === null ? null : stopwatch(now - owed);
    setText(who.children[2], waits === null ? '' : this.t('console.board.owed', { wait: waits }));
    who.children[2].className = `owed ${owed === null ? '' : urgency(now - owed)}`;
    setText(time, stopwatch(now - since));
  }
}

customElements.define('mayfly-board-chats', BoardChats);

/** `<mayfly-board-agents>`: who is there, how much they have, and what they are on. */

import { h } from '../../shared/dom.js';
import { initials } from '../../shared/thread.js';
import { act, Rows, setText, stopwatch, tint } from '../draw.js';

/**
 * @import { AgentState } from '../../shared/protocol.js'
 * @import { Translate } from '../../shared/i18n.js'
 * @import { Entry, State } from '../state.js'
 */

const SEGMENTS_MAX = 8;

export class BoardAgents extends HTMLElement {
  /** @type {Translate} */ t = (key) => key;
  #list = h('ul');
  #none = h('p', { class: 'none' });
  /** @type {Rows<AgentState, HTMLElement>} */ #rows = new Rows(
    this.#list,
    (agent) => agent.id,
    (agent) => this.#build(agent),
  );

  connectedCallback() {
    if (this.firstChild) return;
    const { t } = this;
    setText(this.#none, t('console.board.no_agents'));
    this.append(h('h2', {}, t('console.board.agents')), this.#list, this.#none);
  }

  /**
   * @param {readonly AgentState[]} agents
   * @param {readonly Entry[]} chats
   * @param {State} state
   * @param {number} now ms
   */
  show(agents, chats, state, now) {
    const byName = [...agents].sort((a, b) => a.name.localeCompare(b.name));
    this.#none.hidden = byName.length > 0;
    this.#rows.show(byName, (row, agent) => {
      const at = chats.filter((chat) => chat.agent === agent.id);
      this.#patch(row, agent, at, state, now);
    });
  }

  /** @param {AgentState} agent */
  #build({ id, name }) {
    const words = this.t('console.board.takes_chats', { name });
    const button = h('button', { class: 'switch', type: 'button', role: 'switch', 'aria-label': words, title: words }, h('span', { class: 'knob', 'aria-hidden': true }));
    button.addEventListener('click', () => act(this, 'setColleague', { agent: id, status: button.ariaChecked === 'true' ? 'away' : 'available' }));
    const chips = h('div', { class: 'chips' });
    return h(
      'li',
      { class: 'colleague' },
      h('span', { class: `avatar ${tint(id)}`, 'aria-hidden': true }, initials(name), h('span', { class: 'dot' })),
      h('div', { class: 'words' }, h('b', { dir: 'auto' }, name), h('small'), chips),
      h('div', { class: 'load' }, h('span', { class: 'share', 'aria-hidden': true }), h('span', { class: 'number' })),
      button,
    );
  }

  /**
   * @param {HTMLElement} row
   * @param {AgentState} agent
   * @param {Entry[]} at the chats they have or that ring at them
   * @param {State} state
   * @param {number} now
   */
  #patch(row, { id, status, gone, teams, chats, capacity }, at, state, now) {
    const { t } = this;
    const [avatar, words, load, button] = row.children;
    const [, about, chips] = words.children;
    row.className = `colleague ${gone ? 'gone' : status}`;
    /** @type {Element} */ (avatar.lastElementChild).className = `dot ${gone ? 'lost' : status}`;
    const titles = teams.map((team) => state.board?.teams.find((one) => one.team === team)?.title ?? team).join(', ');
    setText(about, [gone ? t('console.transfer.gone') : t(`console.availability.${status}`), titles].filter(Boolean).join(' · '));
    this.#showLoad(load, chats, capacity);
    button.ariaChecked = String(status === 'available');
    /** @type {HTMLButtonElement} */ (button).disabled = state.connection.state !== 'open' || id === '';
    this.#showChips(/** @type {HTMLElement} */ (chips), at, now);
  }

  /**
   * @param {Element} load
   * @param {number} chats
   * @param {number} capacity
   */
  #showLoad(load, chats, capacity) {
    const [segments, number] = load.children;
    const words = this.t('console.board.of', { count: chats, all: capacity });
    if (number.textContent === words) return;
    setText(number, words);
    load.classList.toggle('full', chats >= capacity);
    const count = Math.min(capacity, SEGMENTS_MAX);
    const taken = Math.round((Math.min(chats, capacity) / Math.max(1, capacity)) * count);
    segments.replaceChildren(...Array.from({ length: count }, (_, index) => h('i', { class: index < taken ? 'taken' : '' })));
  }

  /**
   * @param {HTMLElement} chips
   * @param {Entry[]} at
   * @param {number} now
   */
  #showChips(chips, at, now) {
    const { t } = this;
    const keys = at.map(({ chat, ringing }) => `${chat} ${ringing ?? false}`).join();
    if (chips.dataset.keys !== keys) {
      chips.dataset.keys = keys;
      chips.replaceChildren(
        ...at.map(({ chat, ringing }) =>
          h('button', {
            class: `chip-button ${ringing ? 'ringing' : ''}`,
            type: 'button',
            title: t(ringing ? 'console.board.rings' : 'console.board.watch'),
            onclick: () => act(this, 'watch', { chat }),
          }),
        ),
      );
    }
    at.forEach(({ since, ringing }, index) => {
      const time = stopwatch(now - since);
      setText(chips.children[index], ringing ? t('console.board.rings_short', { time }) : time);
    });
  }
}

customElements.define('mayfly-board-agents', BoardAgents);

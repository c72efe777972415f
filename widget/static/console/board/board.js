/** `<mayfly-board>`: everything that goes on, on one screen, for supervisors: how the desk stands, its teams, its agents, its chats. */

import { h, fill, icon } from '../../shared/dom.js';
import { formatTime } from '../../shared/i18n.js';
import { BoardAgents } from './agents.js';
import { BoardChats } from './chats.js';
import { BoardTeams } from './teams.js';
import { act, setText, sign, stopwatch } from '../draw.js';
import { emptyState } from '../empty.js';
import { supervises } from '../state.js';

/**
 * @import { Translate } from '../../shared/i18n.js'
 * @import { Board, State } from '../state.js'
 */

const FIGURES = /** @type {const} */ (['waiting', 'longest', 'active', 'available', 'places']);

export class BoardView extends HTMLElement {
  /** @type {Translate} */ t = (key) => key;
  locale = 'en';
  /** @type {Readonly<Record<string, {title: string}>>} */ sites = {};
  #team = '';

  #live = h('p', { class: 'live', role: 'status' });
  #only = h('button', { class: 'button small only', type: 'button', hidden: true, onclick: () => act(this, 'go', { view: { name: 'board', team: '' } }) });
  #figures = Object.fromEntries(FIGURES.map((name) => [name, h('dd')]));
  #teams = new BoardTeams();
  #agents = new BoardAgents();
  #chats = new BoardChats();
  #body = h('div', { class: 'panels' }, this.#teams, this.#agents, this.#chats);
  #summary = h('dl', { class: 'figures' });
  #instead = h('div', { class: 'instead' });

  connectedCallback() {
    if (this.firstChild) return;
    const { t } = this;
    for (const part of [this.#teams, this.#agents, this.#chats]) part.t = t;
    this.#chats.sites = this.sites;
    this.#only.append(h('span'), icon('close'));
    this.#only.title = t('console.board.all_teams');
    this.#summary.append(...FIGURES.map((name) => h('div', { class: name }, h('dt', {}, t(`console.board.${name}`)), this.#figures[name])));
    this.append(
      h('header', {}, h('h1', {}, t('console.board.title')), this.#only, this.#live),
      this.#summary,
      h('div', { class: 'scroll' }, this.#body, this.#instead),
    );
    this.addEventListener('keydown', (event) => {
      const step = event.target instanceof HTMLInputElement ? 0 : ({ ArrowDown: 1, ArrowUp: -1 }[event.key] ?? 0);
      if (!step) return;
      event.preventDefault();
      this.step(/** @type {1 | -1} */ (step));
    });
  }

  /**
   * To the chat after or before the one that has the focus.
   * @param {1 | -1} step
   */
  step(step) {
    const rows = /** @type {HTMLElement[]} */ ([...this.#chats.querySelectorAll('button.open')]);
    const at = rows.findIndex((row) => row.closest('tr')?.contains(document.activeElement));
    rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : (at + step + rows.length) % rows.length]?.focus();
  }

  /**
   * @param {State} state
   * @param {{team: string}} view
   * @param {number} now ms
   */
  show(state, { team }, now) {
    const { t } = this;
    const { board, connection } = state;
    const connected = connection.state === 'open';
    this.#summary.hidden = this.#body.hidden = !board;
    this.#team = team;
    this.classList.toggle('stale', !connected && board !== null);
    this.#live.hidden = !board;
    setText(this.#live, !board ? '' : connected ? t('console.board.live') : t('console.board.as_of', { time: formatTime(board.at, this.locale) }));
    this.#live.classList.toggle('on', connected);
    this.#showInstead(board ? '' : supervises(state) ? 'loading' : 'not_yours');
    if (board) this.#showBoard(board, state, connected ? now : board.at);
  }

  /** @param {'' | 'loading' | 'not_yours'} what */
  #showInstead(what) {
    const { t } = this;
    if (this.#instead.dataset.shown === what) return;
    this.#instead.dataset.shown = what;
    fill(
      this.#instead,
      what === 'loading' && h('p', { class: 'loading' }, t('console.board.loading')),
      what === 'not_yours' && emptyState(sign('shield'), t('console.board.not_yours'), t('console.board.not_yours_text')),
    );
  }

  /**
   * @param {Board} board
   * @param {State} state
   * @param {number} now ms; where the connection is lost, the clocks stand still
   */
  #showBoard(board, state, now) {
    const team = this.#team;
    const teams = team ? board.teams.filter((one) => one.team === team) : board.teams;
    const agents = team ? board.agents.filter((one) => one.teams.includes(team)) : board.agents;
    const chats = team ? board.chats.filter((one) => one.team === team) : board.chats;
    this.#only.hidden = !team;
    setText(/** @type {Element} */ (this.#only.firstElementChild), board.teams.find((one) => one.team === team)?.title ?? team);
    const free = agents.filter((one) => one.status === 'available' && !one.gone);
    const waiting = teams.reduce((sum, one) => sum + one.waiting, 0);
    const since = Math.min(...teams.filter((one) => one.waiting).map((one) => one.since));
    const figures = {
      waiting: String(waiting),
      longest: waiting ? stopwatch(now - since) : '–',
      active: String(chats.filter((one) => one.state === 'active').length),
      available: this.t('console.board.of', { count: free.length, all: agents.length }),
      places: String(free.reduce((sum, one) => sum + Math.max(0, one.capacity - one.chats), 0)),
    };
    for (const name of FIGURES) setText(this.#figures[name], figures[name]);
    this.#summary.classList.toggle('busy', waiting > 0);
    this.#teams.show(board.teams, team, now);
    this.#agents.show(agents, chats, state, now);
    this.#chats.show(chats, board, state, now);
  }
}

customElements.define('mayfly-board', BoardView);

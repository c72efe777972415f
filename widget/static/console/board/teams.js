/** `<mayfly-board-teams>`: how each team stands. A click on one leaves only its agents and chats on the board. */

import { h } from '../../shared/dom.js';
import { act, Rows, setText, stopwatch, urgency } from '../draw.js';

/**
 * @import { Translate } from '../../shared/i18n.js'
 * @import { Team } from '../state.js'
 */

const COLUMNS = ['team', 'waiting', 'longest', 'available', 'places'];

export class BoardTeams extends HTMLElement {
  /** @type {Translate} */ t = (key) => key;
  #chosen = '';
  #body = h('tbody');
  /** @type {Rows<Team, HTMLTableRowElement>} */ #rows = new Rows(
    this.#body,
    (team) => team.team,
    (team) => this.#build(team),
  );

  connectedCallback() {
    if (this.firstChild) return;
    const { t } = this;
    const head = h('tr', {}, ...COLUMNS.map((name) => h('th', { scope: 'col', class: name }, t(`console.board.${name}`))));
    this.append(h('h2', {}, t('console.board.teams')), h('table', {}, h('thead', {}, head), this.#body));
  }

  /**
   * @param {readonly Team[]} teams
   * @param {string} chosen the only one the board shows, "" for all
   * @param {number} now ms
   */
  show(teams, chosen, now) {
    this.#chosen = chosen;
    this.#rows.show(teams, (row, { team, title, waiting, since, available, places }) => {
      const [name, line, longest, there, free] = row.children;
      const button = /** @type {HTMLElement} */ (name.firstElementChild);
      setText(button, title);
      button.ariaPressed = String(team === chosen);
      row.classList.toggle('aside', chosen !== '' && team !== chosen);
      setText(/** @type {Element} */ (line.firstElementChild), String(waiting));
      line.firstElementChild?.classList.toggle('some', waiting > 0);
      setText(longest, waiting ? stopwatch(now - since) : '–');
      longest.className = `longest ${waiting ? urgency(now - since) : 'nothing'}`;
      setText(there, String(available));
      there.classList.toggle('lacking', available === 0);
      setText(free, String(places));
      free.classList.toggle('lacking', places === 0);
    });
  }

  /** @param {Team} team */
  #build({ team }) {
    const choose = () => act(this, 'go', { view: { name: 'board', team: this.#chosen === team ? '' : team } });
    return h(
      'tr',
      {},
      h('th', { scope: 'row', class: 'team' }, h('button', { class: 'name', type: 'button', onclick: choose })),
      h('td', { class: 'waiting' }, h('span', { class: 'count' })),
      h('td', { class: 'longest' }),
      h('td', { class: 'available' }),
      h('td', { class: 'places' }),
    );
  }
}

customElements.define('mayfly-board-teams', BoardTeams);

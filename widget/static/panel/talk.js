import { h, fill, icon } from '../shared/dom.js';
import { Thread, threadLines } from '../shared/thread.js';
import './asides.js'; // is here before it is needed, when there may be no network
import './talking.js'; // as well
import { ask } from './context.js';
import { Composer } from './composer.js';
import { endedCard } from './ended.js';
import { SYSTEM_LINES } from '../shared/protocol.js';
import { offers } from './facts.js';
import { openHelpHere } from './help-links.js';
import { Waiting } from './waiting.js';
import { prospects } from './when.js';

/** `<mayfly-talk>`: the line, the conversation, and what is left when it is over. */
export class Talk extends HTMLElement {
  /** @type {import('./context.js').Context} */ context = /** @type {any} */ (null);
  #thread = new Thread();
  #composer = new Composer();
  #waiting = new Waiting();
  #card = h('div', { class: 'card-slot' });
  /** @type {import('./model.js').State | null} */ #state = null;

  connectedCallback() {
    const { t, locale } = this.context;
    Object.assign(this.#thread, { self: 'visitor', t, locale });
    this.#composer.context = this.#waiting.context = this.context;
    this.append(this.#waiting, this.#thread, this.#card, this.#composer);
    openHelpHere(this.#thread, this.context, () => this.#state);
  }

  /** @param {import('./model.js').State} state */
  render(state) {
    const { t } = this.context;
    this.#state = state;
    const inLine = state.phase === 'waiting' || state.phase === 'starting';
    this.dataset.phase = state.phase;
    this.setAttribute('aria-busy', String(state.phase === 'resuming'));
    this.#waiting.hidden = !inLine;
    if (inLine) this.#waiting.render(state);
    this.#thread.show({
      lines: [...questionLine(state), ...threadLines(state.messages, state.pending.lines, 'visitor')],
      delivered: state.delivered,
      seen: state.seen,
      typing: state.typing ? (state.agent?.name ?? t('chat.agent')) : null,
    });
    this.#composer.hidden = state.phase === 'ended' || state.phase === 'resuming';
    this.#showCard(state);
  }

  focusFirst() {
    if (!this.#composer.hidden) this.#composer.focusText();
    else this.#card.querySelector('h2')?.focus();
  }

  get draft() {
    return this.#composer.text;
  }

  /** The newest line is in view. */
  get atNewest() {
    return this.#thread.atNewest;
  }

  /** One card at a time, built anew only when another is due. @param {import('./model.js').State} state */
  #showCard(state) {
    const { t } = this.context;
    const offer = state.phase === 'active' && offers(state, 'form') ? state.offer : null;
    const kind = state.phase === 'ended' ? `ended ${state.endedBy} ${state.erased} ${state.score} ${state.ticket?.number} ${state.blockedUntil}` : state.agentAway ? 'away' : offer ? `offer ${offer}` : state.ticket ? `ticket ${state.ticket.number}` : '';
    if (this.#card.dataset.shown === kind) return;
    this.#card.dataset.shown = kind;
    if (!kind) fill(this.#card);
    else if (state.phase === 'ended') fill(this.#card, endedCard(this, state, this.context));
    else if (state.agentAway) fill(this.#card, h('p', { class: 'notice', role: 'status' }, icon('clock'), t('chat.agent_away', { name: state.agent?.name ?? t('chat.agent') })));
    else if (offer) fill(this.#card, this.#offer(state));
    else if (state.ticket) fill(this.#card, this.#filed(state.ticket.number));
  }

  /** A request from this chat, by either side: its number, and the way to its link. @param {number} number */
  #filed(number) {
    const { t } = this.context;
    const open = h('button', { class: 'button small', type: 'button', onclick: () => ask(this, { do: 'go', screen: 'left' }) }, t('ticket.open'));
    return h('section', { class: 'card', role: 'status' }, h('h2', {}, t('ticket.left', { number: String(number) })), h('div', { class: 'row' }, open));
  }

  /** The agent's offer of a request. @param {import('./model.js').State} state */
  #offer(state) {
    const { t } = this.context;
    return h(
      'section',
      { class: 'card', role: 'status' },
      h('h2', {}, t(`chat.offer.${state.offer}`)),
      h('p', {}, t('chat.offer.text_agent')),
      prospects(state, this.context),
      h(
        'div',
        { class: 'row' },
        h('button', { class: 'button small primary', type: 'button', onclick: () => ask(this, { do: 'go', screen: 'ticket' }) }, icon('ticket'), t('panel.request')),
        h('button', { class: 'button small quiet', type: 'button', onclick: () => ask(this, { do: 'wait' }) }, t('chat.not_now')),
      ),
    );
  }
}

/**
 * The question stands above the messages; the agent who takes the chat has it before them.
 *
 * @param {import('./model.js').State} state
 * @returns {import('../shared/thread.js').ThreadLine[]}
 */
function questionLine({ question, phase, agent, messages }) {
  const taken = agent !== null || messages.some(({ author, text }) => author === 'system' && text === SYSTEM_LINES.JOINED);
  return question ? [{ key: 'question', author: 'visitor', ...question, mark: phase === 'starting' ? 'sending' : taken ? 'read' : 'sent' }] : [];
}

customElements.define('mayfly-talk', Talk);

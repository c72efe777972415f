import { h, fill, icon } from '../shared/dom.js';
import { formatDuration } from '../shared/i18n.js';
import { Thread, threadLines } from '../shared/thread.js';
import { ask } from './context.js';
import { Composer } from './composer.js';
import { endedCard } from './ended.js';

/** `<mayfly-talk>`: the line, the conversation, and what is left when it is over. */
export class Talk extends HTMLElement {
  /** @type {import('./context.js').Context} */ context = /** @type {any} */ (null);
  #thread = new Thread();
  #composer = new Composer();
  #waiting = h('section', { class: 'waiting', hidden: true });
  #place = h('b');
  #placeText = h('div', { role: 'status' });
  #card = h('div', { class: 'card-slot' });

  connectedCallback() {
    const { t, locale } = this.context;
    Object.assign(this.#thread, { self: 'visitor', t, locale });
    this.#composer.context = this.context;
    fill(
      this.#waiting,
      h('div', { class: 'ripple', 'aria-hidden': true }, h('i'), h('i'), h('i'), this.#place),
      this.#placeText,
      h(
        'div',
        { class: 'row' },
        h('button', { class: 'button small', type: 'button', onclick: () => ask(this, { do: 'go', screen: 'ticket' }) }, t('chat.leave_request')),
        h('button', { class: 'button small quiet', type: 'button', onclick: () => ask(this, { do: 'end' }) }, t('chat.cancel')),
      ),
    );
    this.append(this.#waiting, this.#thread, this.#card, this.#composer);
  }

  /** @param {import('./state.js').State} state */
  render(state) {
    const { t } = this.context;
    const inLine = state.phase === 'waiting' || state.phase === 'starting';
    this.dataset.phase = state.phase;
    this.setAttribute('aria-busy', String(state.phase === 'resuming'));
    this.#waiting.hidden = !inLine || !!state.offer;
    if (inLine) this.#showPlace(state);
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
  }

  get draft() {
    return this.#composer.text;
  }

  /** The newest line is in view. */
  get atNewest() {
    return this.#thread.atNewest;
  }

  /** @param {import('./state.js').State} state */
  #showPlace({ position, waitS }) {
    const { t, locale } = this.context;
    const signature = `${position} ${waitS}`;
    if (this.#placeText.dataset.shown === signature) return;
    this.#placeText.dataset.shown = signature;
    fill(this.#place, position ?? '');
    fill(
      this.#placeText,
      h('h2', {}, position === null ? t('chat.finding') : position === 1 ? t('chat.next') : t('chat.position', { position })),
      h('p', {}, waitS === null ? t('chat.wait_text') : t('chat.wait', { time: formatDuration(Math.max(Math.ceil(waitS / 30), 1) * 30, locale) })),
    );
  }

  /** One card at a time, built anew only when another is due. @param {import('./state.js').State} state */
  #showCard(state) {
    const { t } = this.context;
    const kind = state.phase === 'ended' ? `ended ${state.endedBy} ${state.erased} ${state.score} ${state.ticket?.number}` : state.agentAway ? 'away' : state.offer ? `offer ${state.offer.reason}` : state.ticket ? `ticket ${state.ticket.number}` : '';
    if (this.#card.dataset.shown === kind) return;
    this.#card.dataset.shown = kind;
    if (!kind) fill(this.#card);
    else if (state.phase === 'ended') fill(this.#card, endedCard(this, state, t));
    else if (state.agentAway) fill(this.#card, h('p', { class: 'notice', role: 'status' }, icon('clock'), t('chat.agent_away', { name: state.agent?.name ?? t('chat.agent') })));
    else if (state.offer) fill(this.#card, this.#offer(state.offer, state.phase));
    else if (state.ticket) fill(this.#card, this.#filed(state.ticket.number));
  }

  /** A request from this chat, by either side: its number, and the way to its link. @param {number} number */
  #filed(number) {
    const { t } = this.context;
    const open = h('button', { class: 'button small', type: 'button', onclick: () => ask(this, { do: 'go', screen: 'left' }) }, t('ticket.open'));
    return h('section', { class: 'card', role: 'status' }, h('h2', {}, t('ticket.left', { number: String(number) })), h('div', { class: 'row' }, open));
  }

  /**
   * @param {{reason: string, replyWithin: string | null}} offer
   * @param {import('./state.js').Phase} phase
   */
  #offer({ reason, replyWithin }, phase) {
    const { t } = this.context;
    return h(
      'section',
      { class: 'card', role: 'status' },
      h('h2', {}, t(`chat.offer.${reason}`)),
      h('p', {}, replyWithin ? t('chat.offer.reply_within', { time: replyWithin }) : t(phase === 'active' ? 'chat.offer.text_agent' : 'chat.offer.text')),
      h(
        'div',
        { class: 'row' },
        h('button', { class: 'button small primary', type: 'button', onclick: () => ask(this, { do: 'go', screen: 'ticket' }) }, icon('ticket'), t('chat.leave_request')),
        h('button', { class: 'button small quiet', type: 'button', onclick: () => ask(this, { do: 'wait' }) }, t(phase === 'active' ? 'chat.not_now' : 'chat.keep_waiting')),
      ),
    );
  }
}

/**
 * The question stands above the messages; the agent who takes the chat has it before them.
 *
 * @param {import('./state.js').State} state
 * @returns {import('../shared/thread.js').ThreadLine[]}
 */
function questionLine({ question, phase, agent }) {
  return question ? [{ key: 'question', author: 'visitor', ...question, mark: phase === 'starting' ? 'sending' : agent ? 'read' : 'sent' }] : [];
}

customElements.define('mayfly-talk', Talk);

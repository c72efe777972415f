/**
 * What calls the agent back, and how: which events sound, show on the desktop and stand in the title.
 *
 * @import { AgentEvent } from '../shared/protocol.js'
 * @import { Translate } from '../shared/i18n.js'
 * @import { State } from './state.js'
 */

import { Attention } from './attention.js';
import { countAllUnread, findChat } from './state.js';

/** @typedef {'chat' | 'message' | 'note' | 'offer' | 'due' | 'overdue' | 'returned'} Call keys under `console.notify.` */

export class Calls {
  #attention = new Attention();
  #t;
  #open;
  /** @type {ReadonlySet<string>} */ #ringing = new Set();

  /**
   * @param {Translate} t
   * @param {(chat: string) => void} open
   */
  constructor(t, open) {
    this.#t = t;
    this.#open = open;
  }

  listen() {
    this.#attention.listen();
  }

  /** Whether the agent looks at this tab. */
  get looking() {
    return document.visibilityState === 'visible' && document.hasFocus();
  }

  /**
   * @param {AgentEvent} event
   * @param {State} before
   */
  hear(event, before) {
    const known = 'chat' in event && event.chat ? findChat(before, event.chat) : null;
    if (event.type === 'assigned' && !known && before.wanted !== event.chat) this.#call('chat', event.chat, before);
    if (event.type === 'said' && event.author === 'visitor' && known && !known.watch) this.#call('message', event.chat, before);
    if (event.type === 'noted' && event.name !== before.agent.name && known && !known.watch) this.#call('note', event.chat, before);
    if (event.type === 'offered') this.#notify('offer', event.chat, before);
    if (event.type === 'reply_due') this.#call('due', event.chat, before);
    if (event.type === 'reply_overdue') this.#call('overdue', event.chat, before);
    if (event.type === 'transfer_returned' && event.reason !== 'cancelled') this.#call('returned', event.chat, before);
  }

  /**
   * @param {State} state
   * @param {number} now
   */
  show(state, now) {
    const ringing = new Set(state.offers.map((offer) => offer.chat));
    for (const chat of this.#ringing) if (!ringing.has(chat)) this.#attention.unnotify(chat);
    this.#ringing = ringing;
    this.#attention.ring(ringing.size > 0 && state.preferences.sound, now);
    this.#attention.badge(countAllUnread(state) + ringing.size, ringing.size ? this.#t('console.notify.offer') : '');
  }

  /**
   * @param {Call} call
   * @param {string} chat
   * @param {State} state
   */
  #call(call, chat, state) {
    const seen = this.looking && state.selected === chat && (call === 'message' || call === 'note');
    if (state.preferences.sound && !seen) this.#attention.play(call === 'chat' ? 'chat' : 'message');
    this.#notify(call, chat, state);
  }

  /**
   * @param {Call} call
   * @param {string} chat
   * @param {State} state
   */
  #notify(call, chat, state) {
    if (state.preferences.notifications && !this.looking)
      this.#attention.notify(this.#t(`console.notify.${call}`), chat, () => this.#open(chat));
  }
}

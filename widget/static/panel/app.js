import { h, fill, icon } from '../shared/dom.js';
import { initials } from '../shared/thread.js';
import { ask } from './context.js';
import { Head } from './head.js';
import { PreChatForm } from './form.js';
import { Talk } from './talk.js';
import { TicketForm, TicketLeft } from './ticket.js';

/** @typedef {'form'|'talk'|'ticket'|'left'|'fault'} View */

/** `<mayfly-panel>`: the header, the one view that is due, and the question before a chat is ended. */
export class Panel extends HTMLElement {
  /** @type {import('./context.js').Context} */ context = /** @type {any} */ (null);
  /** @type {PreChatForm | Talk | TicketForm | TicketLeft | null} */ view = null;
  #head = new Head();
  #link = h('p', { class: 'link', role: 'status', hidden: true });
  #main = h('main');
  #fault = h('section', { class: 'fault-view' });
  #peek = h('div', { class: 'peek' });
  #confirm = h('dialog', { class: 'confirm' });
  /** @type {View | null} */ #shown = null;

  connectedCallback() {
    this.#head.context = this.context;
    this.#buildConfirm();
    this.append(this.#head, this.#link, this.#main, this.#confirm, this.#peek);
  }

  /**
   * @param {import('./state.js').State} state
   * @returns {boolean} whether another view has come up
   */
  render(state) {
    const due = viewOf(state);
    const changed = due !== this.#shown;
    if (changed) this.#bring(due);
    this.dataset.view = due;
    this.#head.render(state);
    this.view?.render(state);
    this.#showLink(state);
    if (due === 'fault') this.#showFault(state.fault ?? 'refused');
    if (this.#confirm.open && state.phase === 'ended') this.#confirm.close();
    return changed;
  }

  /** Asks whether the conversation may go. */
  confirmEnd() {
    this.#confirm.showModal();
  }

  get asking() {
    return this.#confirm.open;
  }

  /** The last words of the agent, for the small card over the closed bubble. @param {import('./state.js').State} state */
  showPeek(state) {
    const { t } = this.context;
    const last = state.messages.filter(({ author }) => author === 'agent').at(-1);
    if (!last) return;
    const name = last.name ?? state.agent?.name ?? t('chat.agent');
    fill(
      this.#peek,
      h('button', { class: 'peek-open', type: 'button', onclick: () => ask(this, { do: 'open' }) }, h('span', { class: 'avatar', 'aria-hidden': true }, initials(name)), h('span', {}, h('b', {}, name), h('span', { class: 'words', dir: 'auto' }, last.text))),
      h('button', { class: 'icon-button', type: 'button', 'aria-label': t('panel.dismiss'), onclick: () => ask(this, { do: 'dismiss' }) }, icon('close')),
    );
  }

  focusInput() {
    if (this.view instanceof Talk) this.view.focusText();
    else if (this.view instanceof TicketLeft) this.view.querySelector('h2')?.focus();
    else this.view?.focusFirst();
  }

  /** @param {View} due */
  #bring(due) {
    this.#shown = due;
    const views = { form: PreChatForm, talk: Talk, ticket: TicketForm, left: TicketLeft };
    this.view = due === 'fault' ? null : new views[due]();
    if (this.view) this.view.context = this.context;
    fill(this.#main, this.view ?? this.#fault);
  }

  /** @param {import('./state.js').State} state */
  #showLink({ link, phase, fault }) {
    const { t } = this.context;
    const live = phase !== 'none' && phase !== 'ended';
    const words = link === 'offline' ? 'chat.offline' : link === 'reconnecting' ? (live ? 'chat.reconnecting_kept' : 'chat.reconnecting') : link === 'closed' && live ? `panel.fault.${fault ?? 'refused'}` : '';
    this.#link.hidden = !words;
    if (this.#link.dataset.shown === words) return;
    this.#link.dataset.shown = words;
    fill(this.#link, words && t(words), link === 'closed' && h('button', { type: 'button', onclick: () => ask(this, { do: 'connect' }) }, t('panel.try_again')));
  }

  /** @param {string} fault */
  #showFault(fault) {
    const { t } = this.context;
    if (this.#fault.dataset.shown === fault) return;
    this.#fault.dataset.shown = fault;
    const key = `panel.fault.${fault}`;
    fill(
      this.#fault,
      h('div', { class: 'seal bad', 'aria-hidden': true }, icon('alert')),
      h('h2', { role: 'alert' }, t('panel.fault.title')),
      h('p', {}, t(key) === key ? t('panel.fault.refused') : t(key)),
      h('button', { class: 'button', type: 'button', onclick: () => ask(this, { do: 'connect' }) }, icon('retry'), t('panel.try_again')),
    );
  }

  #buildConfirm() {
    const { t } = this.context;
    /** @param {string} words @param {string} look @param {import('./context.js').Wish | null} wish */
    const button = (words, look, wish) =>
      h('button', { class: `button wide ${look}`, type: 'button', onclick: () => (this.#confirm.close(), wish && ask(this, wish)) }, t(words));
    this.#confirm.setAttribute('aria-labelledby', 'confirm-title');
    fill(
      this.#confirm,
      h('h2', { id: 'confirm-title' }, t('chat.end_question')),
      h('p', {}, t('chat.end_text')),
      button('chat.end_yes', 'danger', { do: 'end' }),
      button('chat.end_request', '', { do: 'go', screen: 'ticket' }),
      button('chat.end_no', 'quiet', null),
    );
  }
}

/**
 * @param {import('./state.js').State} state
 * @returns {View}
 */
function viewOf({ link, fault, phase, screen, availability }) {
  if (phase === 'none' && link === 'closed' && fault) return 'fault';
  if (screen !== 'chat') return screen;
  if (phase !== 'none') return 'talk';
  return availability === 'closed' ? 'ticket' : 'form';
}

customElements.define('mayfly-panel', Panel);

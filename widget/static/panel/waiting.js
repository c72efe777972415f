import { h, fill, icon } from '../shared/dom.js';
import { ask } from './context.js';
import { offers } from './facts.js';
import { about, prospects } from './when.js';

/** `<mayfly-waiting>`: where the visitor stands, about how long it takes, and the way out of the line. */
export class Waiting extends HTMLElement {
  /** @type {import('./context.js').Context} */ context = /** @type {any} */ (null);
  #place = h('b');
  #words = h('div', { role: 'status' });
  #offer = h('div', { class: 'offer', role: 'status' });
  #ways = h('div', { class: 'row' });

  connectedCallback() {
    this.append(h('div', { class: 'ripple', 'aria-hidden': true }, h('i'), h('i'), h('i'), this.#place), this.#words, this.#offer, this.#ways);
  }

  /** @param {import('./model.js').State} state */
  render(state) {
    const { t } = this.context;
    const { position, waitS, offer } = state;
    const wait = waitS === null ? null : about(waitS, t);
    if (changed(this.#words, `${position} ${wait} ${offer}`)) {
      fill(this.#place, position ?? '');
      fill(
        this.#words,
        h('h2', {}, place(position, t)),
        h('p', {}, [wait, offer ? '' : t('chat.wait_text')].filter(Boolean).join(' ')),
      );
    }
    if (!changed(this.#offer, `${offer} ${state.channels}`)) return;
    const form = offers(state, 'form');
    fill(this.#offer, ...(offer ? [h('h3', {}, t(`chat.offer.${offer}`)), form && h('p', {}, t('chat.offer.text')), form && prospects(state, this.context)] : []));
    fill(
      this.#ways,
      form && h('button', { class: `button small ${offer ? 'primary' : ''}`, type: 'button', onclick: () => ask(this, { do: 'go', screen: 'ticket' }) }, icon('ticket'), t('chat.instead')),
      offer
        ? h('button', { class: 'button small quiet', type: 'button', onclick: () => ask(this, { do: 'wait' }) }, t('chat.keep_waiting'))
        : h('button', { class: 'button small quiet', type: 'button', onclick: () => ask(this, { do: 'end' }) }, t('chat.cancel')),
    );
  }
}

/** Where somebody stands. @param {number | null} position @param {import('../shared/i18n.js').Translate} t */
export function place(position, t) {
  return position === null ? t('panel.finding') : position === 1 ? t('chat.next') : t('chat.position', { position });
}

/** Whether something else is to be shown; what a reader is told twice is noise. @param {HTMLElement} element @param {string} shown */
function changed(element, shown) {
  if (element.dataset.shown === shown) return false;
  element.dataset.shown = shown;
  return true;
}

customElements.define('mayfly-waiting', Waiting);

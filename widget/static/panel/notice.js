import { h, fill } from '../shared/dom.js';
import { icon } from '../shared/icons.js';
import { linkify } from '../shared/linkify.js';
import { ask } from './context.js';
import { sectionsOf } from './facts.js';
import { prospects } from './when.js';

/** `<mayfly-notice>`: why there is neither a chat nor a form here, and where to turn. */
export class Notice extends HTMLElement {
  /** @type {import('./context.js').Context} */ context = /** @type {any} */ (null);

  focusFirst() {}

  /** @param {import('./model.js').State} state */
  render(state) {
    const shown = [state.link === 'open', state.fault, state.told, state.availability, state.reopensAt, state.offer, state.channels].join();
    if (this.dataset.shown === shown) return;
    this.dataset.shown = shown;
    if (state.told) this.#showTold(state, state.told);
    else if (state.fault && state.link !== 'open') this.#showFault(state, state.fault);
    else this.#showAway(state);
  }

  /** The site's own words, as they are; another question may be answered. @param {import('./model.js').State} state @param {string} told */
  #showTold(state, told) {
    const { t } = this.context;
    const paragraphs = told.split(/\n+/).map((text) => h('p', { dir: 'auto' }, ...linkify(text)));
    fill(this, seal('link', ''), h('h2', {}, t('notice.told')), h('div', { class: 'told', role: 'status' }, ...paragraphs), state.link === 'open' && h('button', { class: 'button', type: 'button', onclick: () => ask(this, { do: 'go', screen: 'chat' }) }, t('panel.back')), this.#elsewhere(state));
  }

  /** @param {import('./model.js').State} state @param {string} fault */
  #showFault(state, fault) {
    const { t } = this.context;
    fill(
      this,
      seal('alert', 'bad'),
      h('div', { role: 'alert' }, h('h2', {}, t('notice.fault.title'))),
      h('p', {}, faultWords(fault, t)),
      h('button', { class: 'button', type: 'button', onclick: () => ask(this, { do: 'connect' }) }, icon('retry'), t('notice.try_again')),
      this.#elsewhere(state),
    );
  }

  /** Who cannot talk here may write or call. @param {import('./model.js').State} state */
  #elsewhere(state) {
    const { t } = this.context;
    const sections = sectionsOf(state, this.context);
    /** @param {'contacts' | 'help'} screen @param {string} look @param {import('../shared/icons.js').IconName} sign */
    const way = (screen, look, sign) => sections.includes(screen) && h('button', { class: `button ${look}`, type: 'button', onclick: () => ask(this, { do: 'go', screen }) }, icon(sign), t(`panel.${screen}`));
    const all = [way('contacts', 'primary', 'phone'), way('help', '', 'book')];
    return all.some(Boolean) && h('div', { class: 'row' }, ...all);
  }

  /** Nobody to chat with, and no request form in the visitor's plan. @param {import('./model.js').State} state */
  #showAway(state) {
    const { t } = this.context;
    const { offer, availability, channels } = state;
    const reason = offer ?? (availability === 'closed' ? 'closed' : null);
    const elsewhere = ['phone', 'help'].filter((channel) => channels?.some((one) => one === channel)).map((channel) => t(`notice.elsewhere.${channel}`));
    const reached = channels?.includes('chat') && reason;
    fill(
      this,
      seal(reached ? 'clock' : 'link', ''),
      h('div', { role: 'status' }, h('h2', {}, t(reached ? `chat.offer.${reason}` : 'notice.elsewhere'))),
      reached && prospects(state, this.context, false),
      elsewhere.length > 0 && h('p', {}, elsewhere.join(' ')),
      this.#elsewhere(state),
    );
  }
}

/** @param {import('../shared/icons.js').IconName} name @param {string} look */
function seal(name, look) {
  return h('div', { class: `seal ${look || 'calm'}`, 'aria-hidden': true }, icon(name));
}

/** @param {string} fault @param {import('../shared/i18n.js').Translate} t */
function faultWords(fault, t) {
  const key = `notice.fault.${fault}`;
  return t(key) === key ? t('notice.fault.refused') : t(key);
}

customElements.define('mayfly-notice', Notice);

import { h, fill, icon, initials } from '../shared/dom.js';
import { formatTime } from '../shared/i18n.js';
import { ask } from './context.js';
import { backFrom, closesSoon, offers, sectionsOf } from './facts.js';

/** `<mayfly-head>`: with whom the visitor talks, how things stand, and the way out. */
export class Head extends HTMLElement {
  /** @type {import('./context.js').Context} */ context = /** @type {any} */ (null);
  #avatar = h('span', { class: 'avatar', 'aria-hidden': true });
  #title = h('h1');
  #status = h('p', { class: 'status', role: 'status' });
  #back = h('button', { class: 'icon-button', type: 'button', onclick: () => ask(this, { do: 'back' }) }, icon('back'));
  #requests = h('button', { class: 'icon-button', type: 'button', onclick: () => ask(this, { do: 'go', screen: 'requests' }) }, icon('ticket'));
  #end = h('button', { class: 'icon-button', type: 'button', onclick: () => ask(this, { do: 'leave' }) }, icon('end'));
  #close = h('button', { class: 'icon-button', type: 'button', onclick: () => ask(this, { do: 'close' }) }, icon('chevron'));

  connectedCallback() {
    const { t } = this.context;
    this.setAttribute('role', 'banner');
    for (const [button, words] of /** @type {const} */ ([[this.#requests, 'panel.requests'], [this.#end, 'panel.end'], [this.#close, 'panel.close']])) {
      button.setAttribute('aria-label', t(words));
      button.title = t(words);
    }
    this.#back.hidden = this.#requests.hidden = this.#end.hidden = true; // until it is known what there is
    this.append(this.#back, this.#avatar, h('div', { class: 'titles' }, this.#title, this.#status), this.#requests, this.#end, this.#close);
  }

  /** @param {import('./model.js').State} state @param {boolean} home there is nothing to go back to */
  render(state, home) {
    const { t, config } = this.context;
    const title = { requests: 'panel.requests', contacts: 'panel.contacts', help: 'panel.help' }[/** @type {string} */ (state.screen)];
    const apart = !!title;
    const agent = apart ? null : state.phase === 'active' || state.phase === 'ended' ? state.agent : null;
    const live = state.phase === 'starting' || state.phase === 'waiting' || state.phase === 'active';
    const [tone, words] = this.#standing(state);
    const who = title ? t(title) : (agent?.name ?? config.title);
    if (this.#title.textContent !== who) {
      const src = agent ? agent.avatar?.startsWith('data:image/') && agent.avatar : config.theme.logo;
      fill(this.#avatar, src ? h('img', { src, alt: '' }) : initials(who));
      fill(this.#title, who);
    }
    const back = t(backFrom(state).screen === 'chat' && state.phase !== 'none' ? 'panel.back' : 'panel.up');
    if (this.#back.title !== back) {
      this.#back.title = back;
      this.#back.setAttribute('aria-label', back);
    }
    this.#avatar.hidden = apart;
    this.#requests.hidden = state.screen !== 'chat' || home || !offers(state, 'form');
    if (this.#status.textContent !== words) fill(this.#status, words);
    this.#status.dataset.tone = tone;
    this.#status.hidden = apart || !words;
    this.#end.hidden = !live || state.screen !== 'chat';
    this.#back.hidden = home || !(apart || state.trail.length || (state.screen !== 'chat' && state.phase !== 'none') || sectionsOf(state, this.context).length > 1);
  }

  /**
   * @param {import('./model.js').State} state
   * @returns {[string, string]} tone and words
   */
  #standing(state) {
    const { t, config, locale } = this.context;
    if (state.phase === 'ended') return ['off', t('panel.over')];
    if (state.phase === 'active') return state.agentAway ? ['busy', t('panel.agent_away')] : ['on', config.title];
    if (state.offer === 'blocked') return ['off', t('panel.availability.blocked')];
    if (state.offer === 'no_agents') return ['off', t('panel.availability.away')];
    if (state.offer === 'closed') return ['off', t('panel.availability.closed')];
    if (state.phase === 'waiting' || state.phase === 'starting') return ['busy', t('panel.finding')];
    if (!state.availability || !offers(state, 'chat')) return ['off', ''];
    const until = closesSoon(state, Date.now());
    if (state.availability === 'busy' && state.nobody) return ['off', t('panel.availability.away')];
    if (state.availability === 'online' && !until) return ['on', t('panel.free', { count: state.free })];
    const tone = { online: 'on', busy: 'busy', closed: 'off' }[state.availability];
    return [tone, until ? t('panel.open_until', { time: formatTime(until, locale) }) : t(`panel.availability.${state.availability}`)];
  }
}

customElements.define('mayfly-head', Head);

import { h, fill, icon } from '../shared/dom.js';
import { ask } from './context.js';

/** `<mayfly-left>`: the request is filed; its number and its link. */
export class TicketLeft extends HTMLElement {
  /** @type {import('./context.js').Context} */ context = /** @type {any} */ (null);

  focusFirst() {
    this.querySelector('h2')?.focus();
  }

  /** @param {import('./model.js').State} state */
  render({ ticket, phase, agent }) {
    const live = phase === 'active' || phase === 'waiting';
    const shown = `${ticket?.number} ${live}`;
    if (!ticket || this.dataset.shown === shown) return;
    this.dataset.shown = shown;
    const { t } = this.context;
    const leftLine = phase === 'ended' && !agent;
    fill(
      this,
      h('div', { class: 'seal', 'aria-hidden': true }, icon('check')),
      h('h2', { tabIndex: -1 }, t('ticket.left', { number: String(ticket.number) })),
      h('p', {}, leftLine && `${t('ticket.left_line')} `, t('ticket.left_text')),
      this.#link(ticket.link),
      h('a', { class: 'button primary', href: /^https?:/.test(ticket.link) ? ticket.link : '#', target: '_blank', rel: 'noopener' }, icon('link'), t('ticket.open')),
      h('button', { class: 'button quiet', type: 'button', onclick: () => ask(this, live ? { do: 'go', screen: 'chat' } : { do: 'restart' }) }, t(live ? 'panel.back' : 'ticket.done')),
    );
  }

  /** @param {string} href */
  #link(href) {
    const { t } = this.context;
    const link = h('input', { readOnly: true, value: href, 'aria-label': t('ticket.link'), onfocus: () => link.select() });
    const copied = h('span', { class: 'visually-hidden', role: 'status' });
    const copy = h('button', { class: 'icon-button', type: 'button', title: t('ticket.copy'), 'aria-label': t('ticket.copy') }, icon('copy'));
    copy.addEventListener('click', async () => {
      link.select();
      await navigator.clipboard?.writeText(href).catch(() => document.execCommand('copy')); // a frame may lack the permission
      fill(copy, icon('check'));
      fill(copied, t('ticket.copied'));
    });
    return h('div', { class: 'copy' }, link, copy, copied);
  }
}

customElements.define('mayfly-left', TicketLeft);

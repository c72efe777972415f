import { h, fill } from '../shared/dom.js';
import { icon } from '../shared/icons.js';
import { ask } from './context.js';
import { promised } from './when.js';

/** `<mayfly-left>`: the request is filed; its number, what is promised, and the ways to it. */
export class TicketLeft extends HTMLElement {
  /** @type {import('./context.js').Context} */ context = /** @type {any} */ (null);

  focusFirst() {
    this.querySelector('h2')?.focus();
  }

  /** @param {import('./model.js').State} state */
  render(state) {
    const { ticket, phase, agent } = state;
    const live = phase === 'active' || phase === 'waiting';
    const shown = `${ticket?.number} ${live}`;
    if (!ticket || this.dataset.shown === shown) return;
    this.dataset.shown = shown;
    const { t, config } = this.context;
    const leftLine = phase === 'ended' && !agent;
    const promise = promised({ ...state, replyWithin: ticket.replyWithin, replyBy: ticket.replyBy }, this.context);
    fill(
      this,
      h('div', { class: 'seal', 'aria-hidden': true }, icon('check')),
      h('h2', { tabIndex: -1 }, t('ticket.left', { number: String(ticket.number) })),
      promise && h('p', { class: 'promised', title: promise.exact }, icon('clock'), h('span', {}, promise.text)),
      h('p', {}, leftLine && `${t('ticket.left_line')} `, t(config.mail ? 'ticket.left_mailed' : 'ticket.left_text')),
      this.#link(ticket.link),
      h('button', { class: 'button primary', type: 'button', onclick: () => ask(this, { do: 'go', screen: 'requests', reading: ticket.number }) }, t('ticket.open')),
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
    const open = h('a', { class: 'icon-button', href: /^https?:/.test(href) ? href : '#', target: '_blank', rel: 'noopener', title: t('ticket.open_page'), 'aria-label': t('ticket.open_page') }, icon('link'));
    return h('div', { class: 'copy' }, link, copy, open, copied);
  }
}

customElements.define('mayfly-left', TicketLeft);

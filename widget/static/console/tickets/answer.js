/** `<mayfly-answer>`: where an answer or a note is written. The draft is the store's, so that it outlives this element; nothing is shown as sent before the service says so. */

import { h, fill } from '../../shared/dom.js';
import { icon } from '../../shared/icons.js';
import { act, setText, sign } from '../draw.js';
import { openPicker } from '../picker.js';
import { Slash, slashButton } from '../slash.js';
import { chooseFile, takeFiles, uploadChip } from './attachment.js';
import { statusMark } from './marks.js';

/**
 * @import { Translate } from '../../shared/i18n.js'
 * @import { SiteConfig } from '../console.js'
 * @import { Insertions } from '../insertions.js'
 * @import { Box, TicketDraft } from './desk-state.js'
 * @import { Entry, FullTicket } from './types.js'
 */

const LEAVE_AS = ['pending', 'open', 'solved'];
const MAX = 20_000;
const TALLEST = 0.4;

export class Answer extends HTMLElement {
  #t;
  #locale;
  #insertions;
  #sites;
  #me = '';
  /** @type {FullTicket | null} */ #ticket = null;
  /** @type {TicketDraft | null} */ #draft = null;
  #dealtWith = () => {};
  #shownFile = '';
  #meanwhile = h('div', { class: 'meanwhile', role: 'status', hidden: true });
  #text = h('textarea', { rows: 2, dir: 'auto', maxLength: MAX });
  #file = h('div', { class: 'files' });
  #fault = h('p', { class: 'fault', role: 'alert', hidden: true });
  #tabs = { reply: this.#tab('reply'), note: this.#tab('note') };
  #attach = h('button', { class: 'icon-button', type: 'button' });
  #hint = h('span', { class: 'hint' });
  #send = h('button', { class: 'button primary small send', type: 'button' });
  #how = h('button', { class: 'button primary small how', type: 'button', 'aria-haspopup': 'listbox' });
  #slash;

  /** @param {{t: Translate, locale: string, insertions: Insertions, sites: Record<string, SiteConfig>}} parts */
  constructor({ t, locale, insertions, sites }) {
    super();
    this.#t = t;
    this.#locale = locale;
    this.#insertions = insertions;
    this.#sites = sites;
    this.#slash = new Slash(this.#text, t, (query, signal) => this.#insertable(query, signal));
  }

  connectedCallback() {
    if (this.firstChild) return;
    const t = this.#t;
    fill(this.#tabs.reply, icon('send'), t('console.answer.reply'));
    fill(this.#tabs.note, sign('note'), t('console.answer.note'));
    for (const [button, mark, key] of /** @type {[HTMLElement, Node, string][]} */ ([
      [this.#attach, sign('clip'), 'console.file.attach'],
      [this.#how, icon('chevron'), 'console.answer.how'],
    ])) {
      fill(button, mark);
      button.setAttribute('aria-label', t(key));
      button.title = t(key);
    }
    this.#attach.onclick = () => chooseFile(this.#limits?.accept, (file) => this.#take(file));
    this.#how.onclick = () => this.#chooseHow();
    this.#send.onclick = () => this.#post();
    this.#text.oninput = () => this.#typed();
    this.#text.onkeydown = (event) => this.#pressed(event);
    takeFiles(this, (file) => this.#take(file));
    const box = h(
      'div',
      { class: 'box' },
      this.#slash.element,
      h('div', { class: 'tabs', role: 'group', 'aria-label': t('console.answer.boxes') }, this.#tabs.reply, this.#tabs.note),
      this.#text,
      this.#file,
      this.#fault,
      h('div', { class: 'foot' }, this.#attach, slashButton(t, () => this.#slash.open()), this.#hint, h('span', { class: 'split' }, this.#send, this.#how)),
      h('p', { class: 'drop', 'aria-hidden': true }, sign('clip'), t('console.file.drop')),
    );
    this.append(this.#meanwhile, box);
  }

  /** @param {Box} box */
  #tab(box) {
    return h('button', { type: 'button', class: 'tab', onclick: () => act(this, 'composeTicket', { box }) });
  }

  focusText() {
    this.#text.focus();
    this.#text.setSelectionRange(this.#text.value.length, this.#text.value.length);
  }

  /**
   * @param {FullTicket} ticket
   * @param {TicketDraft} draft
   * @param {readonly Entry[]} news what others did since the agent came
   * @param {() => void} dealtWith they know it now
   */
  show(ticket, draft, news, dealtWith) {
    const t = this.#t;
    const { box, texts, sending } = draft;
    const moved = this.#draft?.box !== box || this.#ticket?.number !== ticket.number;
    this.#ticket = ticket;
    this.#draft = draft;
    this.#dealtWith = dealtWith;
    this.dataset.box = box;
    for (const each of /** @type {Box[]} */ (['reply', 'note'])) this.#tabs[each].setAttribute('aria-pressed', String(each === box));
    const name = ticket.requester.name || ticket.requester.email;
    const words = box === 'note' ? t('console.answer.note_hint') : name ? t('console.answer.reply_to', { name }) : t('console.answer.reply_hint');
    this.#text.placeholder = words;
    const unmailed = box === 'reply' && !(ticket.requester.email && this.#sites[ticket.site]?.letters);
    setText(this.#hint, t(unmailed ? 'console.answer.no_letter' : 'console.answer.hint'));
    this.#text.setAttribute('aria-label', words);
    this.#text.readOnly = sending;
    if (this.#text.value !== texts[box]) this.#text.value = texts[box];
    if (moved || this.#text.value === '') this.#measure();
    this.#showFile(draft);
    this.#showNews(draft, news);
    this.#showSend(draft, news);
  }

  /** @param {TicketDraft} draft */
  #showFile({ files, box }) {
    const file = files[box];
    const shown = `${this.#ticket?.number} ${box} ${JSON.stringify(file)}`;
    if (shown === this.#shownFile) return;
    this.#shownFile = shown;
    fill(this.#file, file && uploadChip(file, this.#t, this.#locale, () => (act(this, 'detach', { ticket: this.#which(), box }), this.focusText())));
  }

  /**
   * Who writes while others do, is told before they send.
   * @param {TicketDraft} draft
   * @param {readonly Entry[]} news
   */
  #showNews({ texts, fault }, news) {
    const t = this.#t;
    const refused = fault === 'changed_meanwhile';
    const shown = (refused || texts.reply.trim() || texts.note.trim()) && news.length ? JSON.stringify([refused, news.map(({ id }) => id)]) : '';
    this.#meanwhile.hidden = !shown;
    if (this.#meanwhile.dataset.shown === shown) return;
    this.#meanwhile.dataset.shown = shown;
    const last = news.at(-1);
    const names = new Intl.ListFormat(this.#locale).format([...new Set(news.map(({ name }) => name ?? t('console.ticket_page.customer')))]);
    const words = t(`console.answer.meanwhile_${news.some(({ kind }) => kind === 'reply') ? 'reply' : (last?.kind ?? 'reply')}`, { names });
    fill(
      this.#meanwhile,
      icon('alert'),
      h('p', {}, h('b', {}, words), ' ', t(refused ? 'console.answer.refused' : 'console.answer.look')),
      h('button', { class: 'button small', type: 'button', onclick: () => this.#showLast() }, t('console.answer.show')),
      h('button', { class: 'icon-button', type: 'button', 'aria-label': t('console.answer.dealt_with'), onclick: () => this.#dealtWith() }, icon('close')),
    );
  }

  #showLast() {
    const list = this.parentElement?.querySelectorAll('.entries > .news');
    list?.[0]?.scrollIntoView({ block: 'start', behavior: 'smooth' });
  }

  /**
   * @param {TicketDraft} draft
   * @param {readonly Entry[]} news
   */
  #showSend({ box, texts, files, status, sending, fault }, news) {
    const t = this.#t;
    const again = fault === 'changed_meanwhile' && news.length > 0;
    const key = sending ? 'sending' : box === 'note' ? 'add_note' : again ? 'anyway' : `send_${status}`;
    setText(this.#send, t(`console.answer.${key}`));
    const uploading = files[box] && !files[box]?.id;
    this.#send.disabled = sending || !texts[box].trim() || Boolean(uploading);
    this.#how.hidden = box === 'note';
    this.#how.disabled = sending;
    this.#fault.hidden = !fault || fault === 'changed_meanwhile';
    setText(this.#fault, fault && fault !== 'changed_meanwhile' ? t(`error.${fault}`) : '');
  }

  #which() {
    const { site, number } = /** @type {FullTicket} */ (this.#ticket);
    return { site, number };
  }

  get #box() {
    return this.#draft?.box ?? 'reply';
  }

  #typed() {
    act(this, 'writeTicket', { ticket: this.#which(), box: this.#box, text: this.#text.value });
    this.#measure();
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (this.#slash.pressed(event)) return;
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    this.#post();
  }

  #post() {
    if (!this.#ticket || this.#send.disabled) return;
    act(this, 'postTicket', { ticket: this.#which(), version: this.#ticket.version });
    this.#text.focus();
  }

  /** @param {File} file */
  #take(file) {
    act(this, 'attach', { ticket: this.#which(), box: this.#box, file, most: this.#limits?.max_bytes ?? Infinity });
  }

  get #limits() {
    return this.#sites[this.#ticket?.site ?? '']?.files;
  }

  #chooseHow() {
    const t = this.#t;
    const choices = LEAVE_AS.map((value) => ({ value, label: t(`console.answer.send_${value}`), about: t(`console.answer.${value}_text`), mark: () => statusMark(value) }));
    const pick = (/** @type {string} */ status) => act(this, 'leaveTicketAs', { ticket: this.#which(), status });
    openPicker(this.#how, { label: t('console.answer.how'), choices, chosen: this.#draft?.status, pick }, t);
  }

  /**
   * @param {string} query
   * @param {AbortSignal} signal
   */
  #insertable(query, signal) {
    const { site, locale, number, requester } = /** @type {FullTicket} */ (this.#ticket);
    const values = { name: requester.name ?? '', number: String(number), agent: this.#me };
    return this.#insertions.find(query, { site, locale, values, identified: false }, signal);
  }

  /** @param {string} name of the agent, as templates write it */
  set me(name) {
    this.#me = name;
  }

  #measure() {
    this.#text.style.setProperty('block-size', 'auto');
    this.#text.style.setProperty('block-size', `${Math.min(this.#text.scrollHeight, innerHeight * TALLEST)}px`);
  }
}

customElements.define('mayfly-answer', Answer);

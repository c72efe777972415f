/**
 * `<mayfly-comments>`: readers' comments, to be approved or rejected; or those approved, to be withdrawn. What a colleague
 * has dealt with meanwhile stays in its place and says so, so that nothing moves under the pointer.
 *
 * @import { Comment } from './types.js'
 * @import { Parts } from './desk.js'
 */

import { h, fill, icon } from '../../shared/dom.js';
import { linkify } from '../../shared/linkify.js';
import { codeOf } from '../api.js';
import { act, Rows, setText, sign } from '../draw.js';
import { emptyState } from '../empty.js';
import { formatMoment } from '../tickets/row.js';
import { articleName, waitingBones } from './naming.js';

const MOST = 100; // the service tells at a time
/** What is said of a comment that is no longer as it was seen, by the refusal. @type {Record<string, string>} */
const DEALT_WITH = { not_found: 'console.help.was_rejected', changed_meanwhile: 'console.help.was_approved' };

export class CommentList extends HTMLElement {
  #parts;
  #approved;
  /** @type {(Comment & {gone?: boolean})[] | null} */ #all = null;
  #list = h('ol', { class: 'comments' });
  #rest = h('div', { class: 'rest' });
  /** @type {Rows<Comment & {gone?: boolean}, HTMLElement>} */ #rows = new Rows(
    this.#list,
    ({ id }) => id,
    (comment) => this.#build(comment),
  );

  /**
   * @param {Parts} parts
   * @param {boolean} approved
   */
  constructor(parts, approved) {
    super();
    this.#parts = parts;
    this.#approved = approved;
  }

  connectedCallback() {
    if (this.firstChild) return;
    this.append(this.#list, this.#rest);
    fill(this.#rest, waitingBones(this.#parts.t));
    this.refresh();
  }

  async refresh() {
    const { t, api } = this.#parts;
    try {
      const now = await api.comments(this.#approved ? 'approved' : 'pending');
      this.#all = this.#approved ? now : merged(this.#all ?? [], now);
      this.#show();
    } catch (reason) {
      if (this.#all) return; // what is there stays; the banner tells of the connection
      const retry = h('button', { class: 'button small', type: 'button', onclick: () => this.refresh() }, t('console.tickets.retry'));
      fill(this.#rest, emptyState(icon('alert'), t(`error.${codeOf(reason)}`), '', retry));
    }
  }

  #show() {
    const { t } = this.#parts;
    const all = this.#all ?? [];
    this.#rows.show(all, (row, { gone }) => {
      row.classList.toggle('gone', Boolean(gone));
      /** @type {HTMLFieldSetElement} */ (row.querySelector('fieldset')).disabled = Boolean(gone);
    });
    const name = this.#approved ? 'approved' : 'waiting';
    if (all.length === 0) fill(this.#rest, emptyState(this.#approved ? sign('eye') : icon('check'), t(`console.help.${name}_none`), t(`console.help.${name}_none_text`)));
    else fill(this.#rest, all.length >= MOST && h('p', { class: 'more' }, t('console.help.first', { count: MOST })));
  }

  /** @param {Comment} comment */
  #build(comment) {
    const { t, locale, sites } = this.#parts;
    const { name, text, site, created_at: at } = comment;
    const several = Object.values(sites).filter(({ help }) => help).length > 1;
    const about = [several && (sites[site]?.title ?? site), formatMoment(at, locale)].filter(Boolean).join(' · ');
    return h(
      'li',
      { tabIndex: -1, 'data-id': comment.id },
      h('p', { class: 'on' }, articleName(comment, this.#parts), h('small', {}, about)),
      h('p', { class: 'text', dir: 'auto' }, ...linkify(text)),
      h('footer', {}, h('span', { class: 'who', dir: 'auto' }, name ?? t('console.help.nameless')), h('span', { class: 'dealt' }, t('console.help.dealt')), this.#buttons(comment)),
    );
  }

  /** @param {Comment} comment */
  #buttons(comment) {
    const { t } = this.#parts;
    if (this.#approved) return h('fieldset', {}, h('button', { class: 'button small', type: 'button', onclick: () => this.#settle(comment, 'withdraw') }, t('console.help.withdraw')));
    const reject = h('button', { class: 'button small quiet reject', type: 'button', title: `${t('console.help.reject')} (N)`, onclick: () => this.#reject(comment, reject) }, t('console.help.reject'));
    reject.onblur = () => this.#calm(reject);
    return h(
      'fieldset',
      {},
      reject,
      h('button', { class: 'button small primary approve', type: 'button', title: `${t('console.help.approve')} (Y)`, onclick: () => this.#settle(comment, 'approve') }, icon('check'), t('console.help.approve')),
    );
  }

  /**
   * The first click asks, for what is rejected is gone.
   * @param {Comment} comment
   * @param {HTMLElement} button
   */
  #reject(comment, button) {
    if (button.classList.contains('danger')) return void this.#settle(comment, 'reject');
    button.classList.replace('quiet', 'danger');
    setText(button, this.#parts.t('console.help.reject_sure'));
  }

  /** @param {HTMLElement} button */
  #calm(button) {
    button.classList.replace('danger', 'quiet');
    setText(button, this.#parts.t('console.help.reject'));
  }

  /**
   * @param {Comment} comment
   * @param {'approve' | 'reject' | 'withdraw'} how
   */
  async #settle({ id }, how) {
    const { api } = this.#parts;
    const buttons = /** @type {HTMLFieldSetElement | null} */ (this.#list.querySelector(`[data-id="${id}"] fieldset`));
    if (!buttons || buttons.disabled) return;
    buttons.disabled = true;
    try {
      if (how === 'reject') await api.rejectComment(id);
      else await api.approveComment(id, how === 'approve');
      act(this, 'tell', { key: `console.help.${how}_done`, tone: how === 'approve' ? 'good' : 'neutral' });
      this.#drop(id);
    } catch (reason) {
      const code = codeOf(reason);
      act(this, 'tell', { key: DEALT_WITH[code] ?? `error.${code}`, tone: 'bad' });
      if (DEALT_WITH[code]) this.#drop(id);
      else buttons.disabled = false;
    }
  }

  /** The next one has the focus, so that one goes on by the keyboard. @param {string} id */
  #drop(id) {
    const at = (this.#all ?? []).findIndex((one) => one.id === id);
    const focused = this.contains(document.activeElement) || document.activeElement === document.body;
    this.#all = (this.#all ?? []).filter((one) => one.id !== id && !one.gone);
    this.#show();
    const next = this.#list.children[Math.min(at, this.#list.children.length - 1)];
    if (focused && next instanceof HTMLElement) next.focus();
  }

  get #here() {
    const rows = /** @type {HTMLElement[]} */ ([...this.#list.children]);
    return { rows, at: rows.findIndex((row) => row.contains(document.activeElement)) };
  }

  /** @param {1 | -1} step */
  step(step) {
    const { rows, at } = this.#here;
    rows[at < 0 ? 0 : Math.max(0, Math.min(at + step, rows.length - 1))]?.focus();
  }

  /** The one that has the focus; without any, the first gets it. @param {boolean} approve */
  judge(approve) {
    const { rows, at } = this.#here;
    if (at < 0) return void rows[0]?.focus();
    const button = rows[at].querySelector(approve ? '.approve' : '.reject');
    if (!(button instanceof HTMLElement)) return;
    button.focus();
    button.click();
  }
}

/**
 * @param {readonly (Comment & {gone?: boolean})[]} shown
 * @param {readonly Comment[]} now
 */
function merged(shown, now) {
  const there = new Set(now.map(({ id }) => id));
  const known = new Set(shown.map(({ id }) => id));
  return [...shown.map((one) => ({ ...one, gone: !there.has(one.id) })), ...now.filter(({ id }) => !known.has(id))];
}

customElements.define('mayfly-comments', CommentList);

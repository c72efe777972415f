import { Problem } from '../shared/desk.js';
import { h, fill, icon } from '../shared/dom.js';
import { shortly } from '../shared/moments.js';
import { newRef } from '../shared/pending.js';
import { claimsOf } from './context.js';
import { ways } from './ways.js';

/** @typedef {import('../shared/articles.js').Comment} Comment */

const MAX_TEXT = 2000;
const MAX_NAME = 200;

/** `<mayfly-feedback>`: whether an article was helpful, and what readers say of it. Set `context`, `articles`, `article` and `state`. */
export class Feedback extends HTMLElement {
  /** @type {import('./context.js').Context} */ context = /** @type {any} */ (null);
  /** @type {import('../shared/articles.js').Articles} */ articles = /** @type {any} */ (null);
  /** @type {import('../shared/articles.js').Article} */ article = /** @type {any} */ (null);
  /** @type {() => import('./model.js').State | null} */ state = () => null;
  #thanks = h('div', { class: 'thanks', role: 'status' });
  #comments = h('div', { class: 'comments' });

  connectedCallback() {
    this.append(this.#vote(), this.#comments, this.#form());
    void this.#load();
  }

  // ── the vote ─────────────────────────────────────────────────────────────────────────────────────────────────

  #vote() {
    const { t } = this.context;
    const [yes, no] = [true, false].map((helpful) => h('button', { class: 'button small', type: 'button', 'aria-pressed': this.#given === helpful, onclick: () => this.#give(helpful, [yes, no]) }, t(helpful ? 'help.yes' : 'help.no')));
    return h('section', { class: 'vote', 'aria-labelledby': 'help-vote' }, h('h3', { id: 'help-vote' }, t('help.helpful')), h('div', { class: 'row' }, yes, no), this.#thanks);
  }

  /** The votes of this tab, so that one may think anew. @returns {{ref: string, given: Record<string, boolean>}} */
  get #votes() {
    return this.context.keep.get('votes') ?? { ref: newRef(), given: {} };
  }

  get #given() {
    return this.#votes.given[`${this.article.locale}/${this.article.slug}`];
  }

  /** @param {boolean} helpful @param {(HTMLButtonElement | undefined)[]} buttons yes and no */
  async #give(helpful, buttons) {
    const { t, keep } = this.context;
    const { ref, given } = this.#votes;
    keep.set('votes', { ref, given });
    try {
      await this.articles.vote(this.article, helpful, ref);
    } catch (fault) {
      return void fill(this.#thanks, h('p', { class: 'fault' }, icon('alert'), t(faultOf(fault))));
    }
    keep.set('votes', { ref, given: { ...given, [`${this.article.locale}/${this.article.slug}`]: helpful } });
    buttons.forEach((button, at) => button?.setAttribute('aria-pressed', String((at === 0) === helpful)));
    const state = this.state();
    const on = !helpful && state && ways(state, this.context, '');
    const further = on && on.hasChildNodes();
    fill(this.#thanks, h('p', {}, icon('check'), t(further ? 'help.thanks_no' : 'help.thanks')), further && on);
  }

  // ── the comments ─────────────────────────────────────────────────────────────────────────────────────────────

  async #load() {
    const { t } = this.context;
    const comments = await this.articles.comments(this.article).catch(() => []); // the article is there all the same
    if (comments.length) fill(this.#comments, h('h3', {}, t('help.comments')), h('ol', {}, ...comments.map((one) => this.#comment(one))));
  }

  /** @param {Comment} comment */
  #comment({ name, text, created_at: at }) {
    const { t, locale } = this.context;
    return h('li', {}, h('p', { class: 'meta' }, h('b', { dir: 'auto' }, name ?? t('help.somebody')), h('time', { dateTime: at }, shortly(new Date(at), locale, Date.now()))), h('p', { class: 'words', dir: 'auto' }, text));
  }

  #form() {
    const { t, identity, keep } = this.context;
    const { slug } = this.article;
    /** @type {Record<string, string>} by article, whichever the language */
    const unsent = keep.get('comments') ?? {};
    const text = h('textarea', { id: 'help-comment', rows: 3, maxLength: MAX_TEXT, required: true, dir: 'auto', 'aria-describedby': 'help-comment-hint', value: unsent[slug] ?? '' });
    const name = h('input', { id: 'help-comment-name', maxLength: MAX_NAME, autocomplete: 'name', dir: 'auto', value: claimsOf(identity()).name ?? '' });
    const send = h('button', { class: 'button', type: 'submit' }, t('help.comment.send'));
    const said = h('p', { class: 'said', role: 'status' });
    const form = h(
      'form',
      { noValidate: true },
      h('div', { class: 'field' }, h('label', { for: text.id }, t('help.comment.text')), text, h('p', { class: 'hint', id: 'help-comment-hint' }, t('help.comment.hint'))),
      h('div', { class: 'field' }, h('label', { for: name.id }, t('form.name'), ' ', h('span', { class: 'optional' }, t('form.optional'))), name),
      send,
      said,
    );
    const keepIt = () => keep.set('comments', { ...keep.get('comments'), [slug]: text.value || undefined });
    text.addEventListener('input', keepIt);
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      if (!text.value.trim()) return text.focus();
      send.disabled = true;
      const fault = await this.articles.comment(this.article, { text: text.value, name: name.value.trim() || null }).catch((one) => one);
      send.disabled = false;
      if (!fault) text.value = '';
      keepIt();
      said.classList.toggle('fault', !!fault);
      fill(said, icon(fault ? 'alert' : 'check'), t(fault ? faultOf(fault) : 'help.comment.sent'));
    });
    return h('details', { class: 'comment', open: !!text.value }, h('summary', {}, t('help.comment')), form);
  }
}

/** @param {unknown} fault */
function faultOf(fault) {
  return fault instanceof Problem && fault.code === 'offline' ? 'help.offline' : fault instanceof Problem && fault.code === 'too_many' ? 'error.too_many' : 'help.failed';
}

customElements.define('mayfly-feedback', Feedback);

import { h, fill, icon } from '../shared/dom.js';
import { buildFields, control, fillEmpty, readForm, showFaults, validate, watch } from './fields.js';
import { ask, claimsOf } from './context.js';
import { offers, sectionsOf, startable } from './facts.js';

/** @typedef {import('./fields.js').Field} Field */

/** `<mayfly-form>`: the home: the questions before a chat, as the site asks them, and the menu of what there is beside. */
export class PreChatForm extends HTMLElement {
  /** @type {import('./context.js').Context} */ context = /** @type {any} */ (null);
  /** @type {Field[]} */ #fields = [];
  #hello = h('p');
  #notice = h('p', { class: 'notice', role: 'status', hidden: true });
  #fault = h('p', { class: 'notice bad', role: 'alert', hidden: true });
  #submit = h('button', { class: 'button primary wide', type: 'submit' });
  #form = h('form', { noValidate: true });
  /** @type {object | null} what was shown last */ #refused = null;
  #menu = h('nav', { class: 'menu' });
  #promise = h('p', { class: 'promise' });
  /** @type {import('./model.js').Screen | null} */ #from = null;
  #closed = false;

  connectedCallback() {
    const { t, config, keep, prefill, identity } = this.context;
    const draft = keep.get('form') ?? {};
    this.#fields = preChatFields(config);
    fill(
      this.#form,
      ...buildFields(this.#fields, 'ask', this.context, { ...claimsOf(identity()), ...prefill, ...draft }),
      this.#fault,
      this.#submit,
    );
    fill(this.#promise, t('panel.promise'));
    watch(this.#form, (values) => keep.set('form', values));
    this.#form.addEventListener('submit', (event) => this.#send(event));
    control(this.#form, 'question')?.addEventListener('keydown', (event) => {
      if (event instanceof KeyboardEvent && event.key === 'Enter' && (event.ctrlKey || event.metaKey)) this.#form.requestSubmit();
    });
    fill(this.#hello, t('panel.hello_text'));
    this.append(
      h('div', { class: 'hello' }, h('h2', {}, t('panel.hello')), this.#hello),
      this.#notice,
      this.#menu,
      this.#form,
      this.#promise,
    );
  }

  /** @param {import('./model.js').State} state */
  render(state) {
    const { t } = this.context;
    const starting = state.phase === 'starting';
    const asks = state.phase === 'none' ? startable(state) : starting;
    const notice = state.phase !== 'none' ? '' : !asks && offers(state, 'chat') ? 'panel.availability.closed' : state.availability === 'closed' ? 'panel.closed_now' : state.availability !== 'busy' ? '' : !state.nobody ? 'panel.busy' : offers(state, 'form') ? 'panel.nobody' : 'panel.nobody_ask';
    const words = notice && [t(notice), !asks && this.context.menu?.reopens(state, this.context)].filter(Boolean).join('. ');
    this.#from = state.from;
    this.#hello.hidden = state.nobody || !asks;
    this.#notice.hidden = !words;
    if (this.#notice.textContent !== words) fill(this.#notice, icon('clock'), words);
    this.#form.hidden = this.#promise.hidden = !asks;
    this.#menu.hidden = !sectionsOf(state, this.context).length;
    this.context.menu?.showMenu(this.#menu, state, this.context);
    this.context.offerArticles?.(control(this.#form, 'question'), state, this.context);
    this.#closed = state.availability === 'closed';
    this.#fault.hidden = !state.refused;
    if (state.refused && this.#refused !== state.faults) {
      fill(this.#fault, icon('alert'), t(`error.${state.refused}`));
      showFaults(this.#form, state.faults, t);
    }
    this.#refused = state.faults;
    this.#submit.disabled = starting;
    fill(this.#submit, t(starting ? 'panel.starting' : this.#closed ? 'panel.request' : 'panel.start'));
  }

  /** @param {Record<string, string>} values */
  prefill(values) {
    fillEmpty(this.#form, values);
  }

  focusFirst() {
    const { typing = '' } = this.context;
    delete this.context.typing;
    if (typing) return control(this.#form, typing)?.focus();
    const section = this.#from || this.#form.hidden ? this.#menu.querySelector(this.#from ? `[data-to=${this.#from}]` : 'button') : null;
    if (section instanceof HTMLElement) return section.focus();
    const empty = this.#fields.find(({ name }) => !control(this.#form, name)?.value);
    control(this.#form, empty?.name ?? 'question')?.focus();
  }

  /** @param {Event} event */
  #send(event) {
    event.preventDefault();
    if (this.#closed) return ask(this, { do: 'go', screen: 'ticket' });
    if (!validate(this.#form, this.#fields, this.context.t)) return;
    const values = Object.entries(readForm(this.#form)).map(([name, value]) => [name, value.trim()]);
    ask(this, { do: 'start', fields: Object.fromEntries(values.filter(([, value]) => value)) });
  }
}

/**
 * @param {import('./context.js').Config} config
 * @returns {Field[]}
 */
function preChatFields({ pre_chat, topics, max_text }) {
  /** @type {Omit<Field, 'required'>[]} */
  const all = [
    { name: 'name', as: 'input', autocomplete: 'name', max: 100, half: true },
    { name: 'email', as: 'input', type: 'email', autocomplete: 'email', max: 254, half: true },
    { name: 'phone', as: 'input', type: 'tel', autocomplete: 'tel', max: 40 },
    { name: 'topic', as: 'select', choices: topics },
    { name: 'question', as: 'textarea', max: max_text },
  ];
  return all.flatMap((field) => {
    const need = pre_chat[/** @type {keyof typeof pre_chat} */ (field.name)] ?? 'absent';
    const shown = need !== 'absent' && (field.name !== 'topic' || topics.length > 0);
    return shown ? [{ ...field, required: need === 'required' }] : [];
  });
}

customElements.define('mayfly-form', PreChatForm);

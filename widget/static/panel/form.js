import { h, fill, icon } from '../shared/dom.js';
import { buildFields, control, fillEmpty, readForm, showFaults, validate, watch } from './fields.js';
import { ask, claimsOf } from './context.js';
import { offers } from './facts.js';

/** @typedef {import('./fields.js').Field} Field */

/** `<mayfly-form>`: the questions before a chat, as the site asks them. */
export class PreChatForm extends HTMLElement {
  /** @type {import('./context.js').Context} */ context = /** @type {any} */ (null);
  /** @type {Field[]} */ #fields = [];
  #hello = h('p');
  #notice = h('p', { class: 'notice', role: 'status', hidden: true });
  #fault = h('p', { class: 'notice bad', role: 'alert', hidden: true });
  #submit = h('button', { class: 'button primary wide', type: 'submit' });
  #form = h('form', { noValidate: true });
  /** @type {object | null} what was shown last */ #refused = null;
  #ways = h('div', { class: 'ways' });
  #closed = false;

  connectedCallback() {
    const { t, config, keep, prefill, identity } = this.context;
    const draft = keep.get('form') ?? {};
    this.#fields = preChatFields(config);
    fill(
      this.#form,
      ...buildFields(this.#fields, 'ask', t, { ...claimsOf(identity()), ...prefill, ...draft }),
      this.#fault,
      this.#submit,
    );
    /** @param {import('./model.js').Screen} screen @param {string} words */
    const way = (screen, words) => h('button', { type: 'button', onclick: () => ask(this, { do: 'go', screen }) }, t(words));
    fill(this.#ways, way('ticket', 'panel.request'), way('requests', 'panel.requests'));
    watch(this.#form, (values) => keep.set('form', values));
    this.#form.addEventListener('submit', (event) => this.#send(event));
    control(this.#form, 'question')?.addEventListener('keydown', (event) => {
      if (event instanceof KeyboardEvent && event.key === 'Enter' && (event.ctrlKey || event.metaKey)) this.#form.requestSubmit();
    });
    fill(this.#hello, t('panel.hello_text'));
    this.append(
      h('div', { class: 'hello' }, h('h2', {}, t('panel.hello')), this.#hello),
      this.#notice,
      this.#form,
      h('p', { class: 'promise' }, t('panel.promise')),
      this.#ways,
    );
  }

  /** @param {import('./model.js').State} state */
  render(state) {
    const { t } = this.context;
    const starting = state.phase === 'starting';
    const notice = state.availability === 'closed' ? 'panel.closed_now' : state.availability !== 'busy' ? '' : !state.nobody ? 'panel.busy' : offers(state, 'form') ? 'panel.nobody' : 'panel.nobody_ask';
    this.#hello.hidden = state.nobody;
    this.#notice.hidden = !notice;
    if (this.#notice.dataset.shown !== notice) fill(this.#notice, icon('clock'), t(notice));
    this.#notice.dataset.shown = notice;
    this.#closed = state.availability === 'closed';
    this.#ways.hidden = !offers(state, 'form');
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

import { Problem } from '../shared/desk.js';
import { h, fill, icon } from '../shared/dom.js';
import { isEmail } from './fields.js';

/**
 * `<mayfly-access>`: for who is not signed in at the site: how all their requests can be seen, by a code sent to their
 * address. What it is exchanged for is kept for this tab only. Dispatches `access` when it has changed.
 */
export class Access extends HTMLElement {
  /** @type {import('./context.js').Context} */ context = /** @type {any} */ (null);
  /** @type {import('../shared/desk.js').Desk} */ desk = /** @type {any} */ (null);
  #email = '';
  #busy = false;
  #ended = false;

  /** @param {'email' | 'code'} [step] */
  render(step = 'email') {
    const { t, config, keep, identity } = this.context;
    const access = keep.get('access');
    this.hidden = !!identity();
    if (this.hidden) return;
    if (access) this.#showWho(access.email);
    else if (!config.mail) fill(this, h('p', { class: 'access-note' }, t('requests.this_tab')));
    else if (step === 'code') this.#showCode();
    else this.#showEmail();
  }

  /** It is not good any more. */
  forget() {
    this.#email = this.context.keep.get('access')?.email ?? '';
    this.context.keep.forget('access');
    this.#ended = true;
    this.render();
  }

  /** @param {string} email */
  #showWho(email) {
    const { t, keep } = this.context;
    const leave = () => {
      keep.forget('access');
      this.#email = '';
      this.dispatchEvent(new CustomEvent('access'));
    };
    fill(this, h('p', { class: 'access-who' }, icon('check'), h('span', { dir: 'auto' }, t('requests.access.who', { email })), h('button', { class: 'button small quiet', type: 'button', onclick: leave }, t('requests.access.leave'))));
  }

  #showEmail() {
    const { t, locale, keep, prefill } = this.context;
    const email = h('input', { type: 'email', name: 'email', id: 'access-email', autocomplete: 'email', required: true, maxLength: 254, 'aria-describedby': 'access-fault', value: this.#email || (keep.get('ticket')?.email ?? keep.get('form')?.email ?? prefill.email ?? '') });
    this.#form(
      { title: t('requests.access'), text: t(this.#ended ? 'requests.access.ended' : 'requests.access.text'), label: t('form.email'), input: email, send: t('requests.access.send') },
      async () => {
        const address = email.value.trim();
        if (!isEmail(address)) return t('form.fault.email');
        await this.desk.sendCode(address, locale);
        this.#email = address;
        this.render('code');
        this.querySelector('input')?.focus();
        return '';
      },
    );
  }

  #showCode() {
    const { t, keep } = this.context;
    const code = h('input', { type: 'text', name: 'code', id: 'access-code', class: 'code', inputMode: 'numeric', autocomplete: 'one-time-code', required: true, maxLength: 7, 'aria-describedby': 'access-fault' });
    code.addEventListener('input', () => code.value.replace(/\D/g, '').length === 6 && code.form?.requestSubmit());
    const back = h('button', { class: 'button small quiet', type: 'button', onclick: () => (this.render(), this.querySelector('input')?.focus()) }, t('requests.access.other'));
    this.#form(
      { title: t('requests.access.check'), text: t('requests.access.sent', { email: this.#email }), label: t('requests.access.code'), input: code, send: t('requests.access.enter'), more: back },
      async () => {
        const digits = code.value.replace(/\D/g, '');
        if (digits.length !== 6) return t('requests.access.digits');
        const { token, expires_at } = await this.desk.enter(this.#email, digits);
        keep.set('access', { token, expires_at, email: this.#email });
        this.#ended = false;
        this.dispatchEvent(new CustomEvent('access'));
        return '';
      },
    );
  }

  /**
   * @param {{title: string, text: string, label: string, input: HTMLInputElement, send: string, more?: HTMLElement}} look
   * @param {() => Promise<string>} submit resolves with what is wrong, or nothing
   */
  #form({ title, text, label, input, send, more }, submit) {
    const fault = h('p', { class: 'fault', id: 'access-fault', role: 'alert', hidden: true });
    const button = h('button', { class: 'button small', type: 'submit' }, send);
    const form = h('form', { noValidate: true }, h('h2', {}, title), h('p', {}, text), h('div', { class: 'field' }, h('label', { for: input.id }, label), h('div', { class: 'access-row' }, input, button), fault), more);
    /** @param {string} words */
    const say = (words) => {
      fault.hidden = !words;
      fill(fault, ...(words ? [icon('alert'), words] : []));
      if (words) input.setAttribute('aria-invalid', 'true');
      else input.removeAttribute('aria-invalid');
    };
    input.addEventListener('input', () => say(''));
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      if (this.#busy) return;
      this.#busy = button.disabled = true;
      const words = await submit().catch((fault) => this.#words(fault));
      this.#busy = button.disabled = false;
      say(words);
      if (words) input.select();
    });
    fill(this, form);
  }

  /** @param {unknown} fault */
  #words(fault) {
    const { t } = this.context;
    const code = fault instanceof Problem ? fault.code : 'internal';
    if (code === 'offline') return t('requests.offline');
    return t(code === 'bad_code' ? 'requests.access.wrong' : code === 'invalid' ? 'form.fault.email' : `error.${code}`);
  }
}

customElements.define('mayfly-access', Access);

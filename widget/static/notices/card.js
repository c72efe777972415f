import { fill, h, icon } from '../shared/dom.js';

/**
 * `<mayfly-notice-card>`: one notice with its three answers. Emits `answer`, `detail` is an {@link Answer}.
 *
 * @typedef {'later' | 'view' | 'delete'} Answer
 */
export class NoticeCard extends HTMLElement {
  /** @type {import('../shared/i18n.js').Translate} */ t = (key) => key;
  title = '';
  #shown = '';
  #fault = h('p', { class: 'fault', role: 'alert' });

  connectedCallback() {
    this.setAttribute('role', 'main');
  }

  constructor() {
    super();
    this.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.#answer('later');
      else if (event.key === 'Tab') this.#cycle(event);
    });
  }

  /** What the dialog around it is called. @param {import('./queue.js').Notice} notice */
  label({ kind, number }) {
    return this.t(`notification.${kind}`, { number: String(number) });
  }

  /**
   * Another notice takes the focus, so that it is read out; the same one only brings its place up to date.
   *
   * @param {import('./queue.js').Notice} notice
   * @param {{at: number, of: number}} place
   */
  render(notice, place) {
    const count = place.of > 1 ? this.t('notification.place', place) : '';
    if (this.#shown === notice.id) return void (this.querySelector('.place')?.replaceChildren(count));
    const had = this.contains(document.activeElement);
    this.#shown = notice.id;
    this.#fault = h('p', { class: 'fault', role: 'alert' });
    const words = [h('p', { class: 'subject', dir: 'auto' }, notice.subject), h('p', { class: 'text', dir: 'auto' }, notice.text)];
    fill(
      this,
      h(
        'article',
        { tabIndex: -1, 'aria-labelledby': 'title', 'aria-describedby': 'words' },
        h('header', {}, h('span', { class: 'badge' }, icon('ticket')), h('span', { class: 'site' }, this.title), h('span', { class: 'place' }, count)),
        h('h1', { id: 'title' }, this.label(notice)),
        h('div', { id: 'words' }, ...words),
        this.#fault,
        h('footer', {}, this.#button('view', 'primary'), this.#button('later', ''), this.#button('delete', 'quiet')),
        h('p', { class: 'hint' }, this.t('notification.hint')),
      ),
    );
    if (had) this.take();
  }

  /** Takes the focus: onto the whole, so that no key that is on its way presses a button. */
  take() {
    this.querySelector('article')?.focus({ preventScroll: true });
  }

  /** While an answer is on its way no other is given. @param {boolean} busy */
  set busy(busy) {
    this.setAttribute('aria-busy', String(busy));
    this.#fault.textContent = '';
  }

  get busy() {
    return this.getAttribute('aria-busy') === 'true';
  }

  /** @param {'failed' | 'offline' | 'expired'} why */
  fail(why) {
    this.busy = false;
    this.#fault.textContent = this.t(`notification.${why}`);
  }

  /** @param {Answer} answer @param {string} look */
  #button(answer, look) {
    return h('button', { type: 'button', class: `button ${look}`, onclick: () => this.#answer(answer) }, this.t(`notification.${answer}`));
  }

  /** @param {Answer} detail */
  #answer(detail) {
    if (!this.busy) this.dispatchEvent(new CustomEvent('answer', { detail }));
  }

  /** @param {KeyboardEvent} event */
  #cycle(event) {
    const buttons = [...this.querySelectorAll('button')];
    const edge = event.shiftKey ? buttons[0] : buttons.at(-1);
    if (document.activeElement !== edge && (!event.shiftKey || document.activeElement !== this.firstChild)) return;
    event.preventDefault();
    (event.shiftKey ? buttons.at(-1) : buttons[0])?.focus();
  }
}

customElements.define('mayfly-notice-card', NoticeCard);

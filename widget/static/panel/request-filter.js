import { h, fill, icon } from '../shared/dom.js';
import { midnight } from '../shared/moments.js';

const STATUSES = ['open', 'pending', 'solved', 'closed'];
const PERIODS = [7, 30, 90]; // days
const DATES = 'dates';
const DAY_MS = 86_400_000;

/** `<mayfly-request-filter>`: status, topic and the time in which a request was filed. Dispatches `filter`. */
export class RequestFilter extends HTMLElement {
  /** @type {import('./context.js').Context} */ context = /** @type {any} */ (null);
  #status = h('select');
  #topic = h('select');
  #period = h('select');
  #from = h('input', { type: 'date' });
  #to = h('input', { type: 'date' });
  #dates = h('div', { class: 'dates', hidden: true });
  #clear = h('button', { class: 'icon-button', type: 'button', hidden: true, onclick: () => this.clear() }, icon('close'));

  connectedCallback() {
    if (this.firstChild) return;
    const { t, named, config } = this.context;
    this.setAttribute('role', 'group');
    this.setAttribute('aria-label', t('requests.filter'));
    choices(this.#status, t('requests.filter.status'), STATUSES.map((status) => [status, t(`page.status.${status}`)]));
    choices(this.#topic, t('requests.filter.topic'), config.topics.map((topic) => [topic, named(topic)]));
    choices(this.#period, t('requests.filter.period'), [...PERIODS.map((days) => /** @type {[string, string]} */ ([String(days), t('requests.filter.days', { count: days })])), [DATES, t('requests.filter.dates')]]);
    this.#topic.hidden = config.topics.length === 0;
    this.#clear.title = t('requests.clear');
    this.#clear.setAttribute('aria-label', t('requests.clear'));
    fill(this.#dates, h('label', {}, t('requests.filter.from'), this.#from), h('label', {}, t('requests.filter.to'), this.#to));
    this.append(h('div', { class: 'filters' }, this.#status, this.#topic, this.#period, this.#clear), this.#dates);
    this.addEventListener('change', () => {
      this.#show();
      this.dispatchEvent(new CustomEvent('filter'));
    });
  }

  /** Whether anything is filtered. */
  get active() {
    return Object.keys(this.value).length > 0;
  }

  /** @returns {import('../shared/desk.js').Filter} dates as moments: the midnights of the reader's own calendar */
  get value() {
    const period = this.#period.value;
    const from = period === DATES ? midnight(this.#from.value, 0) : period && new Date(Date.now() - Number(period) * DAY_MS).toISOString();
    const to = period === DATES && midnight(this.#to.value, 1);
    return { ...(this.#status.value && { status: this.#status.value }), ...(this.#topic.value && { topic: this.#topic.value }), ...(from && { from }), ...(to && { to }) };
  }

  /** Everything again. */
  clear() {
    this.reset();
    this.dispatchEvent(new CustomEvent('filter'));
    this.#status.focus();
  }

  /** The same without telling. */
  reset() {
    for (const field of [this.#status, this.#topic, this.#period, this.#from, this.#to]) field.value = '';
    this.#show();
  }

  #show() {
    this.#dates.hidden = this.#period.value !== DATES;
    for (const select of [this.#status, this.#topic, this.#period]) select.classList.toggle('chosen', !!select.value);
    this.#from.max = this.#to.value;
    this.#to.min = this.#from.value;
    this.#clear.hidden = !this.active && this.#dates.hidden;
  }
}

/** @param {HTMLSelectElement} select @param {string} all its name, and what it says while nothing is chosen @param {[string, string][]} options */
function choices(select, all, options) {
  select.setAttribute('aria-label', all);
  fill(select, h('option', { value: '' }, all), ...options.map(([value, words]) => h('option', { value }, words)));
}

customElements.define('mayfly-request-filter', RequestFilter);

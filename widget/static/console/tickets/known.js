/**
 * What is asked for once in a while and used by several parts: colleagues, templates, saved views.
 *
 * @import { Api } from '../api.js'
 */

const FRESH_MS = 60_000; // then others may have changed it

export class Known {
  #api;
  /** @type {Map<string, {answer: Promise<any>, at: number}>} */ #kept = new Map();

  /** @param {Api} api */
  constructor(api) {
    this.#api = api;
  }

  people() {
    return this.#ask('people', () => this.#api.people());
  }

  templates() {
    return this.#ask('templates', () => this.#api.templates());
  }

  views() {
    return this.#ask('views', () => this.#api.views());
  }

  /** Something of it has changed. */
  forget() {
    this.#kept.clear();
  }

  /**
   * @template Answer
   * @param {string} name
   * @param {() => Promise<Answer>} call
   * @returns {Promise<Answer>}
   */
  #ask(name, call) {
    const kept = this.#kept.get(name);
    if (kept && Date.now() - kept.at < FRESH_MS) return kept.answer;
    const asked = { answer: call(), at: Date.now() };
    this.#kept.set(name, asked);
    asked.answer.catch(() => this.#kept.get(name) === asked && this.#kept.delete(name));
    return asked.answer;
  }
}

/**
 * What is asked for once and used by several parts of the desk: colleagues, templates, saved views.
 *
 * @import { Api } from '../api.js'
 * @import { Colleague, SavedView, Template } from './types.js'
 */

export class Known {
  #api;
  /** @type {Promise<Colleague[]> | null} */ #people = null;
  /** @type {Promise<Template[]> | null} */ #templates = null;
  /** @type {Promise<SavedView[]> | null} */ #views = null;

  /** @param {Api} api */
  constructor(api) {
    this.#api = api;
  }

  people() {
    return (this.#people ??= this.#api.people().catch((reason) => {
      this.#people = null;
      throw reason;
    }));
  }

  templates() {
    return (this.#templates ??= this.#api.templates().catch((reason) => {
      this.#templates = null;
      throw reason;
    }));
  }

  views() {
    return (this.#views ??= this.#api.views().catch((reason) => {
      this.#views = null;
      throw reason;
    }));
  }

  /** Others may have changed them meanwhile. */
  forget() {
    this.#people = this.#templates = this.#views = null;
  }
}

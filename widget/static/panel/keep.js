/**
 * What survives a page load: the token, unsent words and forms, in this tab's `sessionStorage` and only after the
 * visitor opened the panel. A second tab of the same site asks the first one for the token.
 *
 * Where the browser forbids storage to a framed page everything still works, for as long as the page stays.
 */

/** @returns {Storage | null} */
function storage() {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}

const ANSWER_MS = 150; // a tab that shares the token answers in a few milliseconds

/** Values by name, as long as the tab lives. */
export class Keep {
  /** @type {Map<string, unknown>} */ #values = new Map();

  /** @param {string} site */
  constructor(site) {
    this.prefix = `mayfly:${site}:`;
  }

  /**
   * @param {string} name
   * @returns {any} null if there is none
   */
  get(name) {
    if (this.#values.has(name)) return this.#values.get(name);
    const stored = storage()?.getItem(this.prefix + name) ?? null;
    const value = stored === null ? null : JSON.parse(stored);
    this.#values.set(name, value);
    return value;
  }

  /**
   * @param {string} name
   * @param {unknown} value null forgets it
   */
  set(name, value) {
    this.#values.set(name, value);
    try {
      if (value === null) storage()?.removeItem(this.prefix + name);
      else storage()?.setItem(this.prefix + name, JSON.stringify(value));
    } catch {
      // Full or forbidden: the value lives in this page only.
    }
  }

  /** @param {...string} names */
  forget(...names) {
    for (const name of names) this.set(name, null);
  }
}

/** The tabs of one site among themselves: who has the token, and that a tab has gone to another chat. */
export class Siblings {
  /**
   * @param {string} site
   * @param {() => string | null} token what this tab can share
   * @param {(token: string) => void} joined another tab has just started a chat
   */
  constructor(site, token, joined) {
    this.channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(`mayfly:${site}`) : null;
    this.token = token;
    this.channel?.addEventListener('message', ({ data }) => {
      const mine = this.token();
      if (data.ask && mine) this.channel?.postMessage({ token: mine });
      else if (data.started && !mine) joined(data.started);
    });
  }

  /** @returns {Promise<string | null>} the token of another tab's chat */
  ask() {
    const { channel } = this;
    if (!channel) return Promise.resolve(null);
    return new Promise((resolve) => {
      /** @param {MessageEvent} event */
      const answered = ({ data }) => data.token && settle(data.token);
      const timer = setTimeout(() => settle(null), ANSWER_MS);
      /** @param {string | null} token */
      const settle = (token) => {
        clearTimeout(timer);
        channel.removeEventListener('message', answered);
        resolve(token);
      };
      channel.addEventListener('message', answered);
      channel.postMessage({ ask: true });
    });
  }

  /** @param {string} token */
  announce(token) {
    this.channel?.postMessage({ started: token });
  }
}

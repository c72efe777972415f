/**
 * The host page, as a framed page of ours sees it: only the parent window, and only from the origin that spoke first (the
 * page's `frame-ancestors` admits nobody but the site's own origins).
 *
 * @typedef {{url: string, title: string}} Page
 * @typedef {{type: 'init', open: boolean, locale: string | null, identity: string | null, prefill: Record<string, string>, page: Page, touch: boolean, section: string | null, reset: boolean}
 *   | {type: 'show', section: string | null} | {type: 'hide'} | {type: 'identify', token: string | null} | {type: 'prefill', fields: Record<string, string>}
 *   | {type: 'locale', locale: string} | {type: 'visit', page: Page} | {type: 'reset'}} FromHost
 *
 * @typedef {{type: 'ready'} | {type: 'close'} | {type: 'open'} | {type: 'gone'} | {type: 'peek', height: number} | {type: 'running', detail: boolean} | {type: 'reading', number: number | null}
 *   | {type: 'spoken', detail: string} | {type: 'status', detail: string} | {type: 'unread', detail: number} | {type: 'chat_started'} | {type: 'chat_ended', detail: string | null} | {type: 'ticket_left', detail: number}
 *   | {type: 'fault', code: string, message: string}} ToHost
 */

/**
 * @template [In=FromHost]
 * @template {object} [Out=ToHost]
 */
export class Host {
  /** @type {string | null} */ #origin = null;

  /** @param {(message: In) => void} receive */
  constructor(receive) {
    addEventListener('message', ({ source, origin, data }) => {
      if (source !== parent || parent === window || data?.mayfly !== 1) return;
      this.#origin ??= origin;
      if (origin === this.#origin) receive(data);
    });
    addEventListener('keydown', () => this.#post({ type: 'busy' }), true); // nothing pops up over somebody who types
  }

  /** Whether the panel is a page of its own, not framed. */
  get absent() {
    return parent === window;
  }

  /** @param {Out} message */
  tell(message) {
    this.#post(message);
  }

  /** @param {object} message */
  #post(message) {
    if (this.#origin) parent.postMessage({ mayfly: 1, ...message }, this.#origin);
  }
}

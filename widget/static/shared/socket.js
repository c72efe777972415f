/**
 * A WebSocket that stays: heartbeat, reconnecting with full-jitter back-off, and the close codes' verdict on coming back.
 *
 * It knows `hello`, `welcome`, `ping` and nothing else of the protocol. Dispatches
 * - `event`: CustomEvent, `detail` is the parsed frame;
 * - `state`: CustomEvent, `detail` is a {@link SocketState}. `open` comes only after `welcome`.
 */

import { CLOSE_CODES, SUBPROTOCOL } from './protocol.js';

/**
 * @typedef {'connecting'|'open'|'reconnecting'|'offline'|'closed'} SocketStateName
 * @typedef {{state: SocketStateName, attempt: number, code?: number, name?: string, retry_in_ms?: number}} SocketState
 */

const FIRST_BACKOFF_MS = 300;
const MAX_BACKOFF_MS = 15_000;
const WELCOME_TIMEOUT_MS = 10_000;
const WAKE_TIMEOUT_MS = 4_000;
const PATIENCE = 1.5; // heartbeats without a word, then the connection is dead: a ping's answer has half of one
const STABLE_MS = 5_000; // a connection that lived this long starts the back-off anew
const RESTARTING = 1012;

export class Socket extends EventTarget {
  /** @type {WebSocket | null} */ #socket = null;
  /** @type {SocketStateName} */ #state = 'closed';
  #attempt = 0;
  #heartbeatMs = 10_000;
  #lastSent = 0;
  #lastHeard = 0;
  #openedAt = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #retryTimer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #pingTimer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #silenceTimer;

  /**
   * @param {string} url
   * @param {() => object} hello the first frame of each connection, with the position reached so far
   */
  constructor(url, hello) {
    super();
    this.url = url;
    this.hello = hello;
  }

  /** @returns {SocketStateName} */
  get state() {
    return this.#state;
  }

  start() {
    if (this.#socket || this.#retryTimer) return;
    addEventListener('online', this.#wake);
    addEventListener('offline', this.#sleep);
    document.addEventListener('visibilitychange', this.#wake);
    this.#attempt = 0;
    this.#connect();
  }

  stop() {
    removeEventListener('online', this.#wake);
    removeEventListener('offline', this.#sleep);
    document.removeEventListener('visibilitychange', this.#wake);
    this.#drop(1000);
    this.#enter('closed');
  }

  /**
   * @param {object} command
   * @returns {boolean} false: nothing was sent, keep it until the next `open`
   */
  send(command) {
    if (this.#state !== 'open' || !this.#socket) return false;
    this.#transmit(command);
    return true;
  }

  #connect() {
    this.#drop();
    this.#enter(this.#attempt === 0 ? 'connecting' : 'reconnecting');
    const socket = new WebSocket(this.url, SUBPROTOCOL);
    this.#socket = socket;
    socket.onopen = () => this.#transmit(this.hello());
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = ({ code }) => this.#lost(code);
    this.#silenceTimer = setTimeout(() => this.#lost(), WELCOME_TIMEOUT_MS);
  }

  /** @param {object} command */
  #transmit(command) {
    this.#lastSent = performance.now();
    this.#socket?.send(JSON.stringify(command));
  }

  /** @param {string} data */
  #receive(data) {
    const event = JSON.parse(data);
    if (event.type === 'welcome') {
      this.#heartbeatMs = event.heartbeat_s * 1000;
      this.#openedAt = performance.now();
    }
    this.#listen();
    this.dispatchEvent(new CustomEvent('event', { detail: event }));
    if (event.type === 'welcome') this.#enter('open');
  }

  /**
   * Both timers are set anew by what arrives, never by one another: browsers let timer chains of hidden tabs run
   * only once a minute (Chrome's intensive throttling starts at the fifth link), which would miss heartbeats.
   */
  #listen() {
    clearTimeout(this.#silenceTimer);
    clearTimeout(this.#pingTimer);
    this.#lastHeard = performance.now();
    this.#silenceTimer = setTimeout(() => this.#lost(), PATIENCE * this.#heartbeatMs);
    this.#pingTimer = setTimeout(this.#ping, Math.max(0, this.#pingIn()));
  }

  /** Whoever sends a lot and hears nothing has to ask, too. */
  #pingIn = () => Math.min(this.#lastSent, this.#lastHeard) + this.#heartbeatMs - performance.now();

  #ping = () => {
    const wait = this.#pingIn();
    if (wait > 0) this.#pingTimer = setTimeout(this.#ping, wait);
    else if (this.#state === 'open') this.#transmit({ type: 'ping' });
  };

  /** @param {number} [code] absent: the connection went silent */
  #lost(code) {
    const meaning = CLOSE_CODES[code ?? 0];
    if (this.#openedAt && performance.now() - this.#openedAt > STABLE_MS) this.#attempt = 0;
    this.#openedAt = 0;
    this.#drop();
    if (meaning && !meaning.reconnect) {
      this.stop();
      this.#enter('closed', { code, name: meaning.name });
      return;
    }
    const ceiling = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** this.#attempt);
    const wait = code === RESTARTING && this.#attempt === 0 ? 0 : Math.random() * ceiling;
    this.#attempt += 1;
    this.#retryTimer = setTimeout(() => this.#connect(), wait);
    this.#enter(navigator.onLine ? 'reconnecting' : 'offline', { code, name: meaning?.name, retry_in_ms: Math.round(wait) });
  }

  /** The tab is looked at, or the network is back: try at once, or see whether the open socket still lives. */
  #wake = () => {
    if (document.visibilityState === 'hidden') return;
    if (this.#retryTimer) this.#connect();
    else if (this.#state === 'open') {
      this.#transmit({ type: 'ping' });
      clearTimeout(this.#silenceTimer);
      this.#silenceTimer = setTimeout(() => this.#lost(), WAKE_TIMEOUT_MS);
    }
  };

  #sleep = () => {
    if (this.#retryTimer) this.#enter('offline');
    else if (this.#socket) this.#lost();
  };

  /** @param {number} [code] */
  #drop(code) {
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#pingTimer);
    clearTimeout(this.#silenceTimer);
    this.#retryTimer = undefined;
    if (!this.#socket) return;
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close(code);
    this.#socket = null;
  }

  /**
   * @param {SocketStateName} state
   * @param {{code?: number, name?: string, retry_in_ms?: number}} [more]
   */
  #enter(state, more = {}) {
    this.#state = state;
    this.dispatchEvent(new CustomEvent('state', { detail: { state, attempt: this.#attempt, ...more } }));
  }
}

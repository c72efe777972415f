/**
 * The bubble on a site's page: `<script async src="https://HOST/widget.js" data-site="KEY"></script>`.
 *
 * A classic script that never throws at its host, keeps nothing and connects nowhere but to HOST for the bubble's look until the
 * visitor opens it. Then an iframe of HOST does all the rest; the two talk by `postMessage`, origin and source checked.
 */
(() => {
  'use strict';

  const script = /** @type {HTMLScriptElement | null} */ (document.currentScript ?? document.querySelector('script[data-site][src*="/widget.js"]'));
  const early = /** @type {any} */ (window).Mayfly;
  if (!script || (early && early.version)) return;
  const site = script.dataset.site ?? '';
  const HOST = new URL(script.src).origin;
  const FLAG = `mayfly:${site}`; // set only after opening: whether a page load finds the panel open, or a chat behind it
  const PHONE = matchMedia('(max-width: 480px)');
  const LOAD_TIMEOUT_MS = 15_000;
  const EVENTS = ['ready', 'open', 'close', 'status', 'unread', 'chat_started', 'chat_ended', 'ticket_left'];

  /** @type {Record<string, Set<Function>>} */
  const listeners = Object.fromEntries(EVENTS.map((name) => [name, new Set()]));
  const visitor = {
    locale: script.dataset.locale ?? null,
    identity: script.dataset.identity ?? null,
    prefill: /** @type {Record<string, string>} */ ({}),
    page: /** @type {{url: string, title: string} | null} */ (null),
  };

  /** @type {{title: string, position: string, accent: string, mode: string, locales: string[], label: Record<string, string>} | null} */ let look = null;
  /** @type {HTMLElement | null} */ let root = null;
  /** @type {HTMLElement} */ let frameBox;
  /** @type {HTMLButtonElement} */ let bubble;
  /** @type {HTMLElement} */ let badge;
  /** @type {HTMLIFrameElement | null} */ let frame = null;
  /** @type {Element | null} */ let opener = null;
  /** @type {string | null} */ let section = null;
  let loaded = false;
  let opened = false;
  let running = false;
  let gone = false;
  let timer = 0;
  let overflow = '';

  const CSS = `
:host{all:initial;position:fixed;z-index:2147483000;inline-size:0;block-size:0;color-scheme:light dark}
:host([data-mode=light]){color-scheme:light}:host([data-mode=dark]){color-scheme:dark}
.bubble,.box{position:fixed;right:max(20px,env(safe-area-inset-right));bottom:max(20px,env(safe-area-inset-bottom))}
.left .bubble,.left .box{right:auto;left:max(20px,env(safe-area-inset-left))}
.top .bubble,.top .box{bottom:auto;top:max(20px,env(safe-area-inset-top))}
.bubble{display:grid;place-items:center;width:60px;height:60px;padding:0;border:0;border-radius:50%;background:var(--accent);color:var(--ink);cursor:pointer;box-shadow:0 6px 20px #0003,0 1px 4px #0002;transition:transform .25s cubic-bezier(.2,.7,.2,1);animation:pop .45s cubic-bezier(.3,1.5,.5,1) backwards;-webkit-tap-highlight-color:transparent}
.bubble:hover{transform:scale(1.06)}.bubble:active{transform:scale(.96)}
.bubble:focus-visible{outline:3px solid var(--accent);outline-offset:3px}
.none .bubble{display:none}
svg{grid-area:1/1;width:28px;height:28px;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round;transition:opacity .2s,transform .3s cubic-bezier(.3,1.4,.5,1)}
svg+svg,.open svg{opacity:0;transform:rotate(-60deg) scale(.5)}.open svg+svg{opacity:1;transform:none}
.badge{position:absolute;top:-4px;right:-4px;box-sizing:border-box;min-width:22px;height:22px;padding:0 6px;border-radius:11px;background:#dc2626;color:#fff;font:700 12px/22px system-ui,sans-serif;text-align:center;box-shadow:0 0 0 2px #fff;animation:pop .3s cubic-bezier(.3,1.5,.5,1)}
.badge:empty{display:none}
.box{overflow:hidden;width:400px;height:min(690px,100vh - 116px);height:min(690px,100dvh - 116px);margin-bottom:76px;border-radius:20px;background:light-dark(#f5f5f8,#111116);box-shadow:0 16px 56px #0000003d,0 2px 8px #0000001f;opacity:0;visibility:hidden;transform:translateY(16px) scale(.94);transform-origin:calc(100% - 30px) calc(100% + 40px);transition:transform .18s,opacity .14s,visibility 0s .18s}
.left .box{transform-origin:30px calc(100% + 40px)}.top .box{margin:76px 0 0;transform-origin:calc(100% - 30px) -40px}.none .box{margin:0}
.open .box,.peek .box{opacity:1;visibility:visible;transform:none;transition:transform .42s cubic-bezier(.25,1.35,.4,1),opacity .16s}
.peek:not(.open) .box{width:min(340px,100vw - 40px);height:var(--peek);border-radius:16px}
iframe{position:absolute;inset:0;width:100%;height:100%;border:0;opacity:0;transition:opacity .15s;color-scheme:normal}
.loaded iframe{opacity:1}
.wait{position:absolute;inset:0;display:grid;place-items:center;background:linear-gradient(var(--accent) 64px,#0000 0)}
.wait::after{content:"";width:26px;height:26px;border-radius:50%;border:3px solid color-mix(in srgb,var(--accent) 25%,#0000);border-top-color:var(--accent);animation:spin .8s linear infinite}
.loaded .wait{display:none}
.failed .wait::after{content:"↻";width:52px;height:52px;border:0;background:var(--accent);color:var(--ink);font:26px/52px system-ui;text-align:center;animation:none;cursor:pointer}
@media(max-width:480px){.open .box{inset:var(--top,0) 0 auto!important;width:100%;height:var(--height,100dvh);margin:0;padding:env(safe-area-inset-top) 0 env(safe-area-inset-bottom);box-sizing:border-box;border-radius:0}.open .box{background:var(--accent)}.open .bubble{visibility:hidden}}
@keyframes pop{from{transform:scale(0)}}@keyframes spin{to{transform:rotate(1turn)}}
@media(prefers-reduced-motion:reduce){*{animation-duration:.01ms!important;transition-duration:.01ms!important}}
@media(forced-colors:active){.bubble,.box{border:2px solid ButtonText}}
@media print{:host{display:none}}`;

  /** Runs ours so that nothing of it can reach the host as an error. @param {() => void} work */
  const safely = (work) => {
    try {
      work();
    } catch (error) {
      console.error('Mayfly:', error);
    }
  };

  /** @param {string} name @param {unknown} [detail] */
  const emit = (name, detail) => listeners[name]?.forEach((listener) => safely(() => listener(detail)));

  /** @param {string | null} value null forgets it */
  const flag = (value) => {
    try {
      if (value) sessionStorage.setItem(FLAG, value);
      else sessionStorage.removeItem(FLAG);
    } catch {} // forbidden by the browser: after a page load the visitor opens the panel by hand
  };
  const flagged = () => {
    try {
      return sessionStorage.getItem(FLAG);
    } catch {
      return null;
    }
  };

  const page = () => visitor.page ?? { url: location.origin + location.pathname + location.search, title: document.title };

  /** @param {object} message */
  const tell = (message) => loaded && frame?.contentWindow?.postMessage({ mayfly: 1, ...message }, HOST);

  const language = () => {
    const wanted = (visitor.locale || document.documentElement.lang || navigator.language || '').toLowerCase();
    const known = look?.locales ?? [];
    return known.find((tag) => wanted === tag.toLowerCase()) ?? known.find((tag) => wanted.split('-')[0] === tag.split('-')[0]) ?? known[0] ?? '';
  };

  // ── drawing ──

  /** @param {string} tag @param {string} name */
  const element = (tag, name) => Object.assign(document.createElement(tag), { className: name });

  /** @param {string} d */
  const drawing = (d) => {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.setAttribute('viewBox', '0 0 24 24');
    svg.setAttribute('aria-hidden', 'true');
    svg.appendChild(document.createElementNS(svg.namespaceURI, 'path')).setAttribute('d', d);
    return svg;
  };

  /** Black or white, whichever reads better on the accent (WCAG relative luminance). @param {string} accent */
  const ink = (accent) => {
    const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
      const c = parseInt(accent.slice(at, at + 2), 16) / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? '#000' : '#fff';
  };

  const draw = () => {
    if (!look || root || gone) return;
    root = document.createElement('mayfly-widget');
    const shadow = root.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
    shadow.adoptedStyleSheets = [sheet];
    root.dataset.mode = look.mode;
    root.style.setProperty('--accent', look.accent);
    root.style.setProperty('--ink', ink(look.accent));
    frameBox = element('div', 'box');
    const wait = element('div', 'wait');
    wait.addEventListener('click', () => frameBox.parentElement?.classList.contains('failed') && (dropFrame(), makeFrame()));
    frameBox.append(wait);
    bubble = /** @type {HTMLButtonElement} */ (element('button', 'bubble'));
    bubble.type = 'button';
    bubble.setAttribute('aria-haspopup', 'dialog');
    badge = element('span', 'badge');
    bubble.append(drawing('M12 3.5c-5 0-9 3.4-9 7.7 0 2.5 1.4 4.7 3.5 6.1L6 21l4-2.2c.6.1 1.3.2 2 .2 5 0 9-3.4 9-7.800S17 3.5 12 3.5z'), drawing('M6 9.5l6 6 6-6'), badge);
    bubble.addEventListener('click', () => safely(api.toggle));
    bubble.addEventListener('pointerenter', () => safely(makeFrame), { once: true });
    const corner = element('div', { 'bottom-left': 'left', 'top-right': 'top', none: 'none' }[look.position] ?? '');
    corner.append(frameBox, bubble);
    shadow.append(corner);
    (document.body ?? document.documentElement).append(root);
    name();
  };

  const name = () => {
    if (!root || !look) return;
    const label = look.label[language()] ?? look.title;
    bubble.setAttribute('aria-label', badge.textContent ? `${label} (${badge.textContent})` : label);
    bubble.setAttribute('aria-expanded', String(opened));
    if (frame) frame.title = look.title;
  };

  /** @param {string} name @param {boolean} on */
  const mark = (name, on) => frameBox.parentElement?.classList.toggle(name, on);

  const makeFrame = () => {
    if (frame || !root || !look) return;
    frame = document.createElement('iframe');
    frame.src = `${HOST}/panel/${encodeURIComponent(site)}?locale=${encodeURIComponent(language())}`;
    frame.title = look.title;
    frame.allow = 'clipboard-write';
    frame.addEventListener('load', () =>
      frame?.contentWindow?.postMessage({ mayfly: 1, type: 'init', ...visitor, locale: visitor.locale ?? language(), page: page(), open: opened, section }, HOST),
    );
    frameBox.append(frame);
    mark('failed', false);
    timer = window.setTimeout(() => mark('failed', !loaded), LOAD_TIMEOUT_MS);
  };

  const dropFrame = () => {
    clearTimeout(timer);
    frame?.remove();
    frame = null;
    loaded = running = false;
    if (root) mark('loaded', false);
  };

  const fitPhone = () => {
    const view = window.visualViewport;
    if (!root || !view || !opened || !PHONE.matches) return;
    root.style.setProperty('--top', `${view.offsetTop}px`);
    root.style.setProperty('--height', `${view.height}px`);
  };

  /** A full-screen panel holds the page behind it still. @param {boolean} on */
  const hold = (on) => {
    const { style } = document.documentElement;
    if (on && PHONE.matches) {
      overflow = style.overflow;
      style.overflow = 'hidden';
    } else if (!on && style.overflow === 'hidden') style.overflow = overflow;
  };

  // ── the panel's messages ──

  /** @type {Record<string, (data: any) => void>} */
  const HEARD = {
    ready() {
      loaded = true;
      clearTimeout(timer);
      mark('loaded', true);
      if (opened) {
        tell({ type: 'show', section });
        frame?.focus();
      }
    },
    open: () => api.open(),
    close: () => api.close(),
    status: ({ availability }) => emit('status', availability),
    unread({ count }) {
      badge.textContent = count ? String(Math.min(count, 99)) : '';
      name();
      emit('unread', count);
    },
    peek({ height }) {
      root?.style.setProperty('--peek', `${Number(height)}px`);
      mark('peek', height > 0);
    },
    running(data) {
      running = data.running;
      if (opened || running || flagged()) flag(opened ? 'open' : running ? 'chat' : null);
    },
    chat_started: () => emit('chat_started'),
    chat_ended: ({ by }) => emit('chat_ended', by),
    ticket_left: ({ number }) => emit('ticket_left', number),
    gone: dropFrame,
  };

  /** @param {MessageEvent} event */
  const receive = ({ source, origin, data }) => {
    if (!frame || source !== frame.contentWindow || origin !== HOST || data?.mayfly !== 1) return;
    safely(() => HEARD[data.type]?.(data));
  };

  /** @param {Event} event */
  const clicked = (event) => {
    const on = event.composedPath().find((node) => node instanceof Element && node.hasAttribute('data-mayfly-open'));
    if (!(on instanceof Element)) return;
    event.preventDefault();
    api.open(on.getAttribute('data-mayfly-open') ?? undefined);
  };

  /** @param {KeyboardEvent} event */
  const pressed = (event) => {
    if (event.key === 'Escape' && opened && root && document.activeElement === root) api.close();
  };

  const moved = () => {
    if (!visitor.page) tell({ type: 'visit', page: page() });
  };

  // ── what the host page can call ──

  const api = {
    version: 1,
    /** @param {string} [to] */
    open(to) {
      section = typeof to === 'string' ? to : null;
      if (gone) return;
      if (!root) {
        opened = true; // the look is still on its way
        return;
      }
      mark('peek', false);
      makeFrame();
      tell({ type: 'show', section });
      if (opened && bubble.getAttribute('aria-expanded') === 'true') return;
      opened = true;
      opener = document.activeElement;
      mark('open', true);
      flag('open');
      hold(true);
      fitPhone();
      name();
      if (loaded) frame?.focus();
      emit('open');
    },
    close() {
      if (!opened) return;
      opened = false;
      if (!root) return;
      mark('open', false);
      flag(running ? 'chat' : null);
      hold(false);
      name();
      tell({ type: 'hide' });
      (opener instanceof HTMLElement && opener !== document.body && opener.isConnected && opener !== root ? opener : bubble).focus({ preventScroll: true });
      emit('close');
    },
    toggle: () => (opened ? api.close() : api.open()),
    /** @param {string | null} token */
    identify(token) {
      visitor.identity = token || null;
      tell({ type: 'identify', token: visitor.identity });
    },
    /** @param {Record<string, string>} fields name, email, phone, question, topic, subject, body */
    prefill(fields) {
      Object.assign(visitor.prefill, Object.fromEntries(Object.entries(fields ?? {}).map(([key, value]) => [key, String(value)])));
      tell({ type: 'prefill', fields: visitor.prefill });
    },
    /** @param {string} tag BCP 47 */
    setLocale(tag) {
      visitor.locale = String(tag);
      tell({ type: 'locale', locale: visitor.locale });
      name();
    },
    /** @param {string} url @param {string} title */
    visit(url, title) {
      visitor.page = { url: new URL(url, location.href).href, title: String(title ?? document.title) };
      tell({ type: 'visit', page: visitor.page });
    },
    /** Somebody else will use this browser: ends the chat and forgets everything. */
    reset() {
      api.close();
      visitor.identity = null;
      visitor.prefill = {};
      flag(null);
      if (loaded) tell({ type: 'reset' });
      else dropFrame();
      if (root) HEARD.unread?.({ count: 0 });
    },
    /** Takes the widget off the page. */
    destroy() {
      api.close();
      gone = true;
      dropFrame();
      root?.remove();
      root = null;
      for (const [target, type, listener] of WIRES) target?.removeEventListener(type, listener);
      for (const set of Object.values(listeners)) set.clear();
    },
    /** @param {string} event @param {Function} listener */
    on(event, listener) {
      if (!listeners[event]) return console.error(`Mayfly: no event "${event}"; there are ${EVENTS.join(', ')}`);
      listeners[event].add(listener);
      if (event === 'ready' && root) safely(() => listener());
    },
    /** @param {string} event @param {Function} listener */
    off(event, listener) {
      listeners[event]?.delete(listener);
    },
  };

  /** @type {[EventTarget | null | undefined, string, any][]} */
  const WIRES = [
    [window, 'message', receive],
    [document, 'click', clicked],
    [document, 'keydown', pressed],
    [window.visualViewport, 'resize', fitPhone],
    [window.visualViewport, 'scroll', fitPhone],
    [/** @type {any} */ (window).navigation, 'currententrychange', moved],
  ];

  /** The same names as methods and as `Mayfly('open')`, none of which can throw. */
  const Mayfly = Object.assign(
    (/** @type {string} */ verb, /** @type {any[]} */ ...args) => /** @type {any} */ (Mayfly)[verb]?.(...args),
    Object.fromEntries(Object.entries(api).map(([verb, work]) => [verb, typeof work === 'function' ? (/** @type {any[]} */ ...args) => safely(() => /** @type {any} */ (work)(...args)) : work])),
  );

  const begin = () => {
    draw();
    const wanted = opened || flagged() === 'open';
    opened = false;
    if (wanted) api.open(section ?? undefined);
    else if (flagged()) makeFrame();
    emit('ready');
  };

  safely(() => {
    for (const [target, type, listener] of WIRES) target?.addEventListener(type, listener);
    Object.defineProperty(window, 'Mayfly', { value: Object.freeze(Mayfly), configurable: true });
    const called = Array.isArray(early) ? early : (early?.q ?? []);
    for (const [verb, ...args] of called) Mayfly(verb, ...args);
    const ask = document.createElement('script');
    ask.src = `${HOST}/api/sites/${encodeURIComponent(site)}/look.js`;
    ask.nonce = script.nonce;
    ask.onload = () =>
      safely(() => {
        look = JSON.parse(ask.dataset.look ?? 'null');
        ask.remove();
        if (document.body) begin();
        else document.addEventListener('DOMContentLoaded', () => safely(begin), { once: true });
      });
    ask.onerror = () => {
      ask.remove();
      console.error(`Mayfly: ${site ? `${HOST} has no site "${site}", or cannot be reached` : 'the script tag needs data-site="KEY"'}; see data-site of widget.js and [sites] of the configuration.`);
    };
    document.head.append(ask);
  });
})();

/**
 * The bubble on a site's page: `<script async src="https://HOST/widget.js" data-site="KEY"></script>`.
 *
 * A classic script that never throws at its host, stores nothing and asks HOST only for the bubble's look, until the visitor
 * opens it. Then `loader-frame.js` brings the iframe that does all the rest. Of an identified visitor `loader-notices.js` asks
 * whether there is something to tell.
 */
(() => {
  'use strict';

  const script = /** @type {HTMLScriptElement} */ (document.currentScript ?? document.querySelector('script[src*="/widget.js"]'));
  let early = /** @type {any} */ (window).Mayfly;
  if (!script) return;
  const { origin: HOST, search, searchParams } = new URL(script.src); // `search` is passed on to look and panel
  const site = script.dataset.site ?? searchParams.get('site') ?? ''; // tag managers drop attributes
  const FLAG = `mayfly:${site}`; // set only after opening: a page load finds the panel open, or a chat behind it
  const EVENTS = 'ready open close status unread chat_started chat_ended ticket_left notified'.split(' ');
  /** @type {Record<string, Set<Function>>} */
  const listeners = Object.fromEntries(EVENTS.map((event) => [event, new Set()]));

  /** @type {any} what `look.js` says: {title, position, mode, css, icon, image?, locales, label, invitations?, dismiss?} */ let look;
  /** @type {any} what `loader-frame.js` makes: {open, close, tell, drop} */ let frame;
  /** @type {any[]} what each further part makes: {tell, drop} */ const parts = [];
  /** @type {Record<string, any>} a policy for each HOST, where there are Trusted Types: a page may forbid to make it again */ const policies = early?.policies ?? {};
  /** @type {Record<string, any>} all that live on this page, by their site */ const sites = early?.sites ?? {};
  const first = !early?.version; // is `window.Mayfly`, has the elements that name no site, and follows the page's address
  /** @type {HTMLElement} */ let root;
  const corner = document.createElement('div');
  const box = document.createElement('div');
  const bubble = document.createElement('button');
  const badge = document.createElement('b');
  /** @type {any} */ let opener;
  let opened = false;
  let running = false;
  let gone = false;
  let closed = false;
  let unread = 0;
  let led = false; // by the page's address
  let own = script.dataset.locale; // the page's own language, which a visitor's choice does not change
  const visitor = {
    locale: own,
    identity: script.dataset.identity ?? null,
    prefill: /** @type {Record<string, string>} */ ({}),
    page: /** @type {object | null} */ (null),
    section: /** @type {string | null} */ (null),
    reset: false,
  };

  const CSS = `
:host{all:initial;position:fixed;z-index:2147483000}
.bubble{position:fixed;right:var(--side);bottom:var(--edge);display:grid;place-items:center;width:60px;height:60px;padding:0;border:0;border-radius:50%;background:var(--accent);color:var(--ink);cursor:pointer;box-shadow:0 6px 20px #0003,0 1px 4px #0003;transition:transform .2s;animation:pop .45s cubic-bezier(.3,1.5,.5,1)}
.left .bubble{right:auto;left:var(--side)}
.top .bubble{bottom:auto;top:var(--edge)}
.none .bubble{display:none}
.bubble:hover{transform:scale(1.06)}
.bubble:focus-visible{outline:3px solid #fff;box-shadow:0 0 0 6px #17171f}
svg,img{grid-area:1/1;width:28px;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round;transition:.25s}
svg+svg,img+svg,.open svg,.open img{opacity:0;transform:rotate(-60deg) scale(.5)}
.open :first-child+svg{opacity:1;transform:none}
b{position:absolute;top:-4px;right:-4px;min-width:10px;padding:0 6px;border-radius:11px;background:#d92626;color:#fff;font:700 12px/22px system-ui;box-shadow:0 0 0 2px #fff}
b:empty{display:none}
.closed .bubble::after{content:"";position:absolute;right:2px;bottom:2px;width:12px;height:12px;border-radius:50%;background:#8b8b9a;box-shadow:0 0 0 2px #fff}
@keyframes pop{from{transform:scale(0)}}
@media(prefers-reduced-motion:reduce){*{animation:none!important;transition:none!important}}
@media(forced-colors:active){.bubble{border:2px solid}}
@media print{:host{display:none}}`;

  /** @param {() => void} work */
  const safely = (work) => {
    try {
      work();
    } catch (error) {
      console.error('Mayfly:', error);
    }
  };

  /** @param {string} event @param {unknown} [detail] */
  const emit = (event, detail) => listeners[event]?.forEach((listener) => safely(() => listener(detail)));

  /** Reads the flag; with an argument sets or, empty, removes it. @param {string | null} [value] */
  const flag = (value) => {
    try {
      if (value) sessionStorage.setItem(FLAG, value);
      else if (value === '') sessionStorage.removeItem(FLAG);
      return sessionStorage.getItem(FLAG);
    } catch {
      return null; // forbidden by the browser: after a page load the visitor opens the panel by hand
    }
  };

  /** For a host page that requires Trusted Types: nothing but what is ours can be made with it. @param {string} path */
  const trusted = (path) => {
    const address = (/** @type {string} */ ours) => `${HOST}/${ours.slice(1)}`;
    policies[HOST] ??= /** @type {any} */ (window).trustedTypes?.createPolicy('mayfly', { createScriptURL: address });
    return policies[HOST]?.createScriptURL(path) ?? address(path);
  };

  /** One of ours, by the host page's own nonce. @param {string} path @param {() => void} failed @param {(script: HTMLScriptElement) => void} [done] */
  const load = (path, failed, done) => {
    const ours = document.createElement('script');
    ours.src = trusted(path);
    ours.nonce = script.nonce;
    ours.onload = () => safely(() => (ours.remove(), gone || done?.(ours)));
    ours.onerror = () => (ours.remove(), gone || failed());
    document.head.append(ours);
    return ours;
  };

  /** By the page, else by the browser: the first that the site has, or one of the same tongue. */
  const locale = () => {
    for (const wanted of [visitor.locale, document.documentElement.lang, ...navigator.languages])
      for (const length of [9, 2]) {
        const short = (/** @type {string | undefined} */ tag) => tag?.slice(0, length).toLowerCase();
        const found = look.locales.find((/** @type {string} */ tag) => short(tag) === short(wanted));
        if (found) return found;
      }
    return look.locales[0];
  };

  const draw = () => {
    root = document.createElement('mayfly-widget');
    if (document.querySelector(`mayfly-widget[at=${look.position}]:not([at=none])`)) look.position = look.position === 'bottom-left' ? 'bottom-right' : 'bottom-left'; // another site's
    root.setAttribute('at', look.position);
    const shadow = root.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet(); // not subject to the host's style-src
    sheet.replaceSync(CSS + look.css);
    shadow.adoptedStyleSheets = [sheet];
    bubble.className = 'bubble';
    for (const d of [look.icon, 'M6 9.5l6 6 6-6']) {
      const svg = bubble.appendChild(document.createElementNS('http://www.w3.org/2000/svg', 'svg'));
      svg.setAttribute('viewBox', '0 0 24 24');
      svg.appendChild(document.createElementNS(svg.namespaceURI, 'path')).setAttribute('d', d);
    }
    if (look.image) {
      const own = new Image();
      own.onload = () => bubble.querySelector('svg')?.replaceWith(own); // a page whose policy forbids it keeps the icon
      own.src = HOST + look.image;
      own.alt = '';
    }
    bubble.append(badge);
    bubble.onclick = () => Mayfly.toggle();
    bubble.onpointerenter = () => safely(fetchFrame);
    corner.append(bubble);
    shadow.append(corner);
    document.body.append(root);
    show();
  };

  /** Brings the bubble up to date. */
  const show = () => {
    if (!root) return;
    const count = `${Math.min(unread, 99) || ''}`;
    corner.className = `${look.position.replace(/bottom-?|-?right/g, '')} ${opened ? 'open' : closed ? 'closed' : ''}`; // left, top, none, or nothing
    badge.textContent = count;
    bubble.dataset.label = look.label[locale()];
    bubble.setAttribute('aria-label', `${bubble.dataset.label} ${count}`.trim());
    bubble.setAttribute('aria-expanded', String(opened));
  };

  /** Has it explained in the console. @param {string} code @param {string} [words] */
  const fault = (code, words) =>
    load('/widget/faults.js', () => console.error(`Mayfly: ${HOST} cannot be reached from this page`)).addEventListener('mayfly', (event) =>
      /** @type {CustomEvent} */ (event).detail({ HOST, site, look })(code, words),
    );

  /** @param {string} name @param {() => void} [failed] @param {(made: any) => void} [done] */
  const fetchPart = (name, failed, done) =>
    load(`/widget/${name}.js`, () => (fault(name), failed?.())).addEventListener('mayfly', (event) => {
      if (gone) return;
      const made = /** @type {CustomEvent} */ (event).detail({ HOST, search, site, look, corner, box, makePane, locale, visitor, heard, fault, Mayfly, load });
      parts.push(made);
      done?.(made);
    });

  /** @param {object} message */
  const tell = (message) => parts.forEach((part) => part.tell(message));

  const makePane = () => {
    const pane = document.createElement('iframe');
    pane.allow = 'clipboard-write; autoplay';
    pane.src = `${HOST}/panel/${encodeURIComponent(site)}${search || '?'}&locale=${locale()}`;
    pane.onload = () => (pane.title = look.title); // by which `loader-frame.js` sees, when it is the later of the two
    box.append(pane);
    return pane;
  };

  let asked = false;
  /** The panel, and at the same time what shows it. */
  const fetchFrame = () => {
    if (asked) return;
    asked = true;
    box.hidden = true;
    corner.prepend(box);
    if (look.origins.includes(location.origin)) makePane();
    const failed = () => {
      const was = flag();
      asked = false; // the next click asks again
      box.replaceChildren();
      Mayfly.close();
      flag(was); // and so does the next page
    };
    fetchPart('frame', failed, (made) => {
      frame = made;
      if (opened) frame.open();
    });
  };

  /** @param {string} tag */
  const speak = (tag) => {
    visitor.locale = tag;
    tell({ type: 'locale', locale: tag });
    show();
  };

  let attending = false;
  const attend = () => {
    if (attending || !root || !visitor.identity) return;
    attending = true;
    fetchPart('notices', () => (attending = false));
  };

  /** What the panel tells us, beside the events it passes on. @type {Record<string, (detail: any) => void>} */
  const HEARD = {
    open: () => Mayfly.open(),
    close: () => Mayfly.close(),
    spoken: speak,
    unread(count) {
      unread = count;
      show();
    },
    status(now) {
      closed = now === 'closed';
      show();
    },
    running(now) {
      running = now;
      flag(opened ? 'open' : running ? 'chat' : '');
    },
  };
  /** @param {{type: string, detail?: any}} data */
  const heard = ({ type, detail }) => {
    HEARD[type]?.(detail);
    if (EVENTS.indexOf(type) > 2) emit(type, detail); // the first three are ours to tell
  };

  /** What has the focus is something of the page's own. @param {any} element */
  const isPages = (element) => element?.matches(':not(body,mayfly-widget)');

  /** @type {import('./mayfly').MayflyVerbs} */
  const API = {
    open(section) {
      visitor.section = typeof section === 'string' ? section : null;
      if (gone) return;
      const was = opened;
      opened = true;
      if (!root) return; // the look is on its way
      fetchFrame();
      frame?.open();
      if (was) return;
      opener = document.activeElement;
      flag('open');
      show();
      emit('open');
    },
    close() {
      if (!opened) return;
      opened = false;
      if (!root) return;
      flag(running ? 'chat' : '');
      if (led && location.hash.startsWith('#mayfly')) history.replaceState(history.state, '', location.pathname + location.search); // so that the link leads here again
      led = false;
      frame?.close();
      show();
      if (!isPages(document.activeElement)) (isPages(opener) ? opener : bubble).focus({ preventScroll: true });
      emit('close');
    },
    toggle: () => (opened ? Mayfly.close() : Mayfly.open()),
    identify(token) {
      visitor.identity = token ? String(token) : null; // whatever it is, the service says what is wrong with it
      tell({ type: 'identify', token: visitor.identity });
      attend();
    },
    prefill(fields) {
      Object.assign(visitor.prefill, fields);
      frame?.tell({ type: 'prefill', fields });
    },
    setLocale: (tag) => speak((own = String(tag))),
    visit(url, title = document.title) {
      visitor.page = { url: new URL(url, location.href).href, title };
      frame?.tell({ type: 'visit', page: visitor.page });
    },
    reset() {
      const behind = visitor.reset || !!flag(); // a chat of an earlier page, whose panel is not here yet
      Mayfly.close();
      Object.assign(visitor, { identity: null, prefill: {}, reset: behind, locale: own });
      unread = 0;
      flag('');
      tell({ type: 'reset' });
      if (!frame && root && behind) fetchFrame();
      show();
    },
    destroy() {
      Mayfly.close();
      gone = true;
      delete sites[site];
      parts.forEach((part) => part.drop());
      root?.remove();
      document.removeEventListener('click', clicked);
      removeEventListener('hashchange', follow);
    },
    on(event, listener) {
      if (!listeners[event]) throw `"${event}" is none of ${EVENTS}`;
      listeners[event].add(listener);
      if (event === 'ready' && root) /** @type {Function} */ (listener)();
    },
    off: (event, listener) => listeners[event]?.delete(listener),
  };

  /** @param {any} event */
  const clicked = (event) => {
    const on = event.target.closest?.('[data-mayfly-open]');
    if (!on || (on.dataset.mayflySite ?? (first && site)) !== site) return;
    event.preventDefault();
    Mayfly.open(on.dataset.mayflyOpen);
  };

  /** `#mayfly/requests/1042` in the page's address opens that; the way back from it closes what it has opened. */
  const follow = () => {
    if (!first) return;
    const [linked, section] = /^#mayfly(?:\/(.*))?$/.exec(location.hash) ?? [];
    if (linked) Mayfly.open(section);
    else if (led) Mayfly.close();
    led = !!linked;
  };

  /** Nothing of it can throw. Once destroyed it keeps what is called for the next one, as the page's stub does. @type {any} */
  const Mayfly = {
    policies,
    sites,
    q: [],
    get version() {
      return gone ? 0 : 1;
    },
  };
  for (const verb in API) Mayfly[verb] = (/** @type {any[]} */ ...args) => (gone ? void Mayfly.q.push([verb, ...args]) : safely(() => /** @type {any} */ (API)[verb](...args)));

  const begin = () => {
    if (gone) return;
    draw();
    const wanted = opened || flag() === 'open';
    opened = false;
    emit('ready');
    if (wanted) Mayfly.open(visitor.section);
    else if (flag() || visitor.reset) fetchFrame();
    follow();
    attend();
    if (look.invitations) fetchPart('invite');
  };

  safely(() => {
    if (sites[site]) return fault('twice');
    sites[site] = Object.freeze(Mayfly);
    document.addEventListener('click', clicked);
    addEventListener('hashchange', follow);
    if (first) {
      Object.defineProperty(window, 'Mayfly', { value: Mayfly, configurable: true });
      for (const [verb, ...args] of early?.q ?? early ?? []) Mayfly[verb]?.(...args);
    }
    early = null; // or each would keep the one before it
    const done = (/** @type {HTMLScriptElement} */ { dataset }) => {
      look = JSON.parse(dataset.look ?? '');
      if (!look.origins.includes(location.origin)) fault('origin');
      if (document.body) begin();
      else document.addEventListener('DOMContentLoaded', () => safely(begin));
    };
    load(`/api/sites/${encodeURIComponent(site)}/look.js${search}`, () => fault('site'), done);
  });
})();

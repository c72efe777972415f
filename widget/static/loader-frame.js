/**
 * The second half of the loader, fetched when the visitor reaches for the bubble: the box with the panel's iframe.
 *
 * Hands its one function to the loader by an event on its own script element, so that the host page gets no global.
 * Messages go only to the panel's exact origin and are heard only from its window and origin.
 */
(() => {
  'use strict';

  const LOAD_TIMEOUT_MS = 15_000;
  const ANSWER_TIMEOUT_MS = 4000; // from the iframe's load, after which the panel answers at once
  const FLASH_MS = 1_000;
  const CALM = matchMedia('(prefers-reduced-motion: reduce)');
  const ROUTE_MS = 400; // in which an application gives a new page its title
  /** @type {Record<string, {away: string, refused: string, again: string, close: string}>} */
  const WORDS = JSON.parse(document.currentScript?.dataset.words ?? '{}');
  const PHONE = matchMedia('(max-width: 480px)');

  const CSS = `
.box{--room:calc(100dvh - var(--edge) - 96px);position:fixed;right:var(--side);bottom:calc(var(--edge) + 76px);overflow:hidden;width:400px;max-width:calc(100vw - var(--side) - 20px);height:min(690px,var(--room));border-radius:20px;background:light-dark(#f5f5f8,#111116);box-shadow:0 16px 56px #0004,0 2px 8px #0002;opacity:0;visibility:hidden;transform:translateY(16px) scale(.94);transform-origin:calc(100% - 30px) calc(100% + 40px);transition:transform .18s,opacity .14s,visibility 0s .18s}
.left .box{right:auto;left:var(--side);transform-origin:30px calc(100% + 40px)}
.top .box{bottom:auto;top:calc(var(--edge) + 76px);transform-origin:calc(100% - 30px) -40px}
.none .box{--room:calc(100dvh - var(--edge) - 20px);bottom:var(--edge)}
.open .box,.box.peek{opacity:1;visibility:visible;transform:none;transition:transform .4s cubic-bezier(.25,1.35,.4,1),opacity .16s}
.box.peek{width:340px;height:var(--peek);border-radius:16px}
.open .box.peek{width:400px;height:min(690px,var(--room));border-radius:20px}
iframe{position:absolute;inset:0;width:100%;height:100%;border:0;opacity:0;transition:opacity .15s}
.loaded iframe{opacity:1}
.wait{position:absolute;inset:0;display:grid;gap:16px;place-content:center;place-items:center;padding:80px 32px 32px;background:linear-gradient(var(--accent) 64px,#0000 0);color:light-dark(#17171f,#f3f3f8);font:15px/1.45 system-ui,sans-serif;text-align:center}
.wait:not(.failed)::after{content:"";box-sizing:border-box;width:28px;height:28px;border-radius:50%;border:3px solid color-mix(in srgb,var(--accent) 25%,#0000);border-top-color:var(--accent);animation:spin .8s linear infinite}
.wait strong{position:absolute;top:20px;left:20px;max-width:calc(100% - 90px);overflow:hidden;color:var(--ink);font-size:17px;line-height:24px;white-space:nowrap;text-overflow:ellipsis}
.wait p{margin:0;max-width:30ch;text-wrap:balance}
.wait button{padding:10px 20px;border:0;border-radius:999px;background:var(--accent);color:var(--ink);font:600 15px/1.45 system-ui,sans-serif;cursor:pointer}
.wait .close{position:absolute;top:10px;right:10px;width:44px;height:44px;padding:0;background:none;font:400 26px/44px system-ui,sans-serif}
.wait button:focus-visible{outline:3px solid;outline-offset:2px}
.loaded .wait{display:none}
@keyframes spin{to{transform:rotate(1turn)}}
@media(max-width:480px){
.open .box,.open .box.peek{inset:var(--top,0) 0 auto;width:100%;max-width:none;height:var(--height,100dvh);box-sizing:border-box;border-radius:0}
.open .bubble{visibility:hidden}
}
@media(prefers-reduced-motion:reduce){*{transition:none!important}}
@media(forced-colors:active){.box{border:2px solid}}`;

  /**
   * @param {object} loader
   * @param {string} loader.HOST
   * @param {{title: string, origins: string[]}} loader.look
   * @param {HTMLElement} loader.box beside the bubble, with the iframe if the page may have it
   * @param {() => HTMLIFrameElement} loader.makePane another one in it
   * @param {() => string} loader.locale
   * @param {{locale?: string, identity: string | null, prefill: object, page: {url: string, title: string} | null, section: string | null, reset: boolean}} loader.visitor
   * @param {(data: any) => void} loader.heard
   * @param {(code: string, words?: string) => void} loader.fault
   */
  function createFrame({ HOST, look, box, makePane, locale, visitor, heard, fault }) {
    const host = /** @type {ShadowRoot} */ (box.getRootNode());
    const root = /** @type {HTMLElement} */ (host.host);
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
    host.adoptedStyleSheets.push(sheet);
    const wait = document.createElement('div');
    box.className = 'box';
    box.hidden = false;
    box.append(wait);
    /** @type {HTMLIFrameElement | null} */ let frame = null;
    let loaded = false;
    let opened = false;
    let timer = 0;
    let moving = 0;
    let told = '';
    /** @type {string | null} */ let overflow = null;
    let flashing = 0;
    let ours = ''; // the page's title while it tells of new messages
    let own = '';

    /** @param {'close' | 'again'} word @param {string} text @param {() => void} onclick */
    const button = (word, text, onclick) => {
      const made = document.createElement('button');
      made.className = word;
      made.textContent = text;
      made.setAttribute('aria-label', WORDS[locale()]?.[word] ?? text);
      made.onclick = onclick;
      return made;
    };

    /** What is there instead of the panel: a wheel, or in words why it does not come. @param {'away' | 'refused'} [why] */
    const stand = (why) => {
      clearTimeout(timer);
      const words = WORDS[locale()];
      const title = document.createElement('strong');
      const said = document.createElement('p');
      title.textContent = look.title;
      said.setAttribute('role', 'alert');
      wait.className = why ? 'wait failed' : 'wait';
      wait.replaceChildren(title, button('close', '×', () => heard({ type: 'close' })), said);
      if (!why || !words) return;
      said.textContent = words[why];
      if (why === 'away') wait.append(button('again', words.again, () => (drop(), make())));
    };

    /** @param {number} ms */
    const expect = (ms) => {
      clearTimeout(timer);
      timer = window.setTimeout(() => (stand('away'), fault('away')), ms);
    };

    /** Without ours, while the tab calls for its reader. */
    const title = () => (ours && document.title === ours ? own : document.title);
    const page = () => visitor.page ?? { url: location.origin + location.pathname + location.search, title: title() };

    /** @param {object} message */
    const post = (message) => frame?.contentWindow?.postMessage({ mayfly: 1, ...message }, HOST);
    /** @param {object} message */
    const tell = (message) => loaded && post(message);

    const greet = () => {
      const now = page();
      told = now.url;
      post({ type: 'init', ...visitor, locale: locale(), page: now, open: opened });
      visitor.reset = false;
      if (!loaded) expect(ANSWER_TIMEOUT_MS);
    };

    const make = () => {
      if (frame) return;
      if (!look.origins.includes(location.origin)) return stand('refused'); // the loader has explained it
      stand();
      expect(LOAD_TIMEOUT_MS);
      frame = box.querySelector('iframe') ?? makePane();
      frame.onload = greet;
      if (frame.title) greet(); // the loader's own has come before this script
      frame.title = look.title;
    };

    const drop = () => {
      clearTimeout(timer);
      frame?.remove();
      frame = null;
      loaded = false;
      box.classList.remove('loaded', 'peek');
    };

    /** On a phone the panel fills what the keyboard leaves, and the page behind it holds still. */
    const fit = () => {
      const { style } = document.documentElement;
      const full = opened && PHONE.matches;
      const view = window.visualViewport;
      if (full && overflow === null) {
        overflow = style.overflow;
        style.overflow = 'hidden';
      } else if (!full && overflow !== null) {
        style.overflow = overflow;
        overflow = null;
      }
      root.style.zIndex = '';
      if (!full || !view) return;
      root.style.zIndex = '2147483001'; // over the bubble of a second site
      root.style.setProperty('--top', `${view.offsetTop}px`);
      root.style.setProperty('--height', `${view.height}px`);
    };

    /** @param {MessageEvent} event */
    const receive = ({ source, origin, data }) => {
      if (!frame || source !== frame.contentWindow || origin !== HOST || data?.mayfly !== 1) return;
      if (data.type === 'ready') {
        clearTimeout(timer);
        loaded = true;
        box.classList.add('loaded');
        if (opened) open();
      } else if (data.type === 'peek') {
        root.style.setProperty('--peek', `${Number(data.height)}px`);
        box.classList.toggle('peek', data.height > 0);
      } else if (data.type === 'gone') drop();
      else if (data.type === 'fault') fault(data.code, data.message);
      else {
        if (data.type === 'unread') flash(Number(data.detail));
        heard(data);
      }
    };

    /** @param {string} words */
    const entitle = (words) => {
      own = title(); // which the page may have changed meanwhile
      document.title = words;
      ours = document.title; // as the browser spells it
    };

    const rest = () => {
      clearInterval(flashing);
      if (ours && document.title === ours) document.title = own;
      ours = '';
      delete root.dataset.flash;
    };

    /** Somebody has written while the tab is hidden: its title says so, and is the page's own again once it is looked at. @param {number} unread */
    const flash = (unread) => {
      rest();
      if (!unread || !document.hidden || document.querySelector('mayfly-widget[data-flash]')) return; // another site's bubble has it
      root.dataset.flash = '';
      let counts = false;
      const turn = () => entitle((counts = !counts) ? `(${unread}) ${title()}` : `\u{1F4AC} ${look.title}`);
      turn();
      if (!CALM.matches) flashing = window.setInterval(turn, FLASH_MS);
    };

    const open = () => {
      opened = true;
      make();
      fit();
      box.classList.remove('peek');
      tell({ type: 'show', section: visitor.section });
      if (!loaded) return;
      visitor.section = null; // told: from here on the panel itself knows where it is
      frame?.focus();
    };

    const close = () => {
      opened = false;
      fit();
      tell({ type: 'hide' });
    };

    /** Tells of the page an application has gone to, unless the host page tells it itself. */
    const moved = () => {
      clearTimeout(moving);
      moving = window.setTimeout(() => {
        const now = page();
        if (visitor.page || now.url === told) return;
        told = now.url;
        tell({ type: 'visit', page: now });
      }, ROUTE_MS);
    };
    const { navigation } = /** @type {any} */ (window);
    const titles = new MutationObserver(moved); // where there is no Navigation API, a new title comes with a new page
    if (!navigation) titles.observe(document.head, { subtree: true, childList: true, characterData: true });

    /** The host page's policy may forbid the iframe. @param {SecurityPolicyViolationEvent} event */
    const forbidden = ({ blockedURI, effectiveDirective }) => refuse(blockedURI, effectiveDirective);
    /** @param {string} url @param {string} directive */
    const refuse = (url, directive) => {
      if (loaded || directive !== 'frame-src' || !url.startsWith(HOST) || wait.className === 'wait failed') return;
      stand('refused');
      fault('frame-src');
    };
    const { ReportingObserver } = /** @type {any} */ (window);
    const reports = ReportingObserver && new ReportingObserver((/** @type {any[]} */ all) => all.forEach(({ body }) => refuse(body.blockedURL ?? '', body.effectiveDirective)), { types: ['csp-violation'], buffered: true });
    reports?.observe(); // the loader's own iframe was forbidden before this script came
    /** @param {Event} event */
    const pressed = (event) => /** @type {KeyboardEvent} */ (event).key === 'Escape' && opened && document.activeElement === root && heard({ type: 'close' });

    /** @type {[EventTarget | null | undefined, string, any][]} */
    const wires = [
      [window, 'message', receive],
      [document, 'keydown', pressed],
      [document, 'visibilitychange', () => document.hidden || rest()],
      [window.visualViewport, 'resize', fit],
      [window.visualViewport, 'scroll', fit],
      [navigation, 'navigatesuccess', moved],
      [window, 'popstate', moved],
      [document, 'securitypolicyviolation', forbidden],
    ];
    for (const [target, type, listener] of wires) target?.addEventListener(type, listener);
    make();

    return {
      open,
      close,
      tell,
      drop() {
        for (const [target, type, listener] of wires) target?.removeEventListener(type, listener);
        titles.disconnect();
        reports?.disconnect();
        clearTimeout(moving);
        rest();
        drop();
      },
    };
  }

  document.currentScript?.dispatchEvent(new CustomEvent('mayfly', { detail: createFrame }));
})();

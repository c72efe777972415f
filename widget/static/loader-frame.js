/**
 * The second half of the loader, fetched when the visitor reaches for the bubble: the box with the panel's iframe.
 *
 * Hands its one function to the loader by an event on its own script element, so that the host page gets no global.
 * Messages go only to the panel's exact origin and are heard only from its window and origin.
 */
(() => {
  'use strict';

  const LOAD_TIMEOUT_MS = 15_000;
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
.wait{position:absolute;inset:0;display:grid;place-items:center;padding:0;border:0;background:linear-gradient(var(--accent) 64px,#0000 0);color:var(--ink)}
.wait::after{content:"";box-sizing:border-box;width:28px;height:28px;border-radius:50%;border:3px solid color-mix(in srgb,var(--accent) 25%,#0000);border-top-color:var(--accent);animation:spin .8s linear infinite}
.failed .wait::after{content:"\\21bb";width:56px;height:56px;border:0;background:var(--accent);font:28px/56px system-ui;text-align:center;animation:none;cursor:pointer}
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
   * @param {string} loader.search
   * @param {string} loader.site
   * @param {{title: string}} loader.look
   * @param {HTMLElement} loader.corner where the box goes, beside the bubble
   * @param {() => string} loader.locale
   * @param {{locale?: string, identity: string | null, prefill: object, page: object | null, section: string | null, reset: boolean}} loader.visitor
   * @param {(data: any) => void} loader.heard
   */
  function createFrame({ HOST, search, site, look, corner, locale, visitor, heard }) {
    const host = /** @type {ShadowRoot} */ (corner.getRootNode());
    const root = /** @type {HTMLElement} */ (host.host);
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
    host.adoptedStyleSheets.push(sheet);
    const box = document.createElement('div');
    const wait = document.createElement('button');
    box.className = 'box';
    wait.className = 'wait';
    wait.setAttribute('aria-label', look.title);
    box.append(wait);
    corner.prepend(box);
    /** @type {HTMLIFrameElement | null} */ let frame = null;
    let loaded = false;
    let opened = false;
    let timer = 0;
    /** @type {string | null} */ let overflow = null;

    const page = () => visitor.page ?? { url: location.origin + location.pathname + location.search, title: document.title };

    /** @param {object} message */
    const post = (message) => frame?.contentWindow?.postMessage({ mayfly: 1, ...message }, HOST);
    /** @param {object} message */
    const tell = (message) => loaded && post(message);

    const make = () => {
      if (frame) return;
      box.classList.remove('failed');
      frame = document.createElement('iframe');
      frame.src = `${HOST}/panel/${encodeURIComponent(site)}?locale=${encodeURIComponent(locale())}${search.replace('?', '&')}`;
      frame.title = look.title;
      frame.allow = 'clipboard-write';
      frame.onload = () => {
        post({ type: 'init', ...visitor, locale: locale(), page: page(), open: opened });
        visitor.reset = false;
      };
      box.append(frame);
      timer = window.setTimeout(() => box.classList.toggle('failed', !loaded), LOAD_TIMEOUT_MS);
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
      if (!full || !view) return;
      root.style.setProperty('--top', `${view.offsetTop}px`);
      root.style.setProperty('--height', `${view.height}px`);
    };

    /** @param {MessageEvent} event */
    const receive = ({ source, origin, data }) => {
      if (!frame || source !== frame.contentWindow || origin !== HOST || data?.mayfly !== 1) return;
      if (data.type === 'ready') {
        loaded = true;
        box.classList.add('loaded');
        if (opened) open();
      } else if (data.type === 'peek') {
        root.style.setProperty('--peek', `${Number(data.height)}px`);
        box.classList.toggle('peek', data.height > 0);
      } else if (data.type === 'gone') drop();
      else heard(data);
    };

    const open = () => {
      opened = true;
      make();
      fit();
      box.classList.remove('peek');
      tell({ type: 'show', section: visitor.section });
      if (loaded) frame?.focus();
    };

    const close = () => {
      opened = false;
      fit();
      tell({ type: 'hide' });
    };

    const moved = () => visitor.page || tell({ type: 'visit', page: page() });
    /** @param {Event} event */
    const pressed = (event) => /** @type {KeyboardEvent} */ (event).key === 'Escape' && opened && document.activeElement === root && heard({ type: 'close' });

    /** @type {[EventTarget | null | undefined, string, any][]} */
    const wires = [
      [window, 'message', receive],
      [document, 'keydown', pressed],
      [window.visualViewport, 'resize', fit],
      [window.visualViewport, 'scroll', fit],
      [/** @type {any} */ (window).navigation, 'navigatesuccess', moved],
    ];
    for (const [target, type, listener] of wires) target?.addEventListener(type, listener);
    wait.onclick = () => box.classList.contains('failed') && (drop(), make());
    make();

    return {
      open,
      close,
      tell,
      drop() {
        for (const [target, type, listener] of wires) target?.removeEventListener(type, listener);
        drop();
      },
    };
  }

  document.currentScript?.dispatchEvent(new CustomEvent('mayfly', { detail: createFrame }));
})();

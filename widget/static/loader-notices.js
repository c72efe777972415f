/**
 * The third part of the loader, fetched once it is known who the visitor is: a small iframe that waits unseen for what
 * support has to tell, and is shown in the middle of the page when there is something.
 *
 * The iframe sits in a modal dialog: the browser keeps the page behind it still and gives the focus back. Messages go only
 * to the iframe's exact origin and are heard only from its origin, and from its window or the panel's; that somebody types, from any of ours.
 */
(() => {
  'use strict';

  const TYPING_MS = 1500; // nobody's keystroke is to land in a window that has just popped up

  const CSS = `
:host{all:initial}
dialog{box-sizing:border-box;width:min(540px,100vw - 32px);max-width:none;max-height:none;margin:auto;padding:0;border:0;border-radius:20px;overflow:hidden;background:light-dark(#fff,#18181f);box-shadow:0 24px 80px #0006,0 2px 8px #0003;opacity:0;transform:translateY(16px) scale(.96)}
dialog:focus{outline:none}
dialog::backdrop{background:#0b0b1480;animation:dim .2s}
.sized{opacity:1;transform:none;transition:transform .4s cubic-bezier(.25,1.35,.4,1),opacity .16s}
iframe{display:block;width:100%;height:var(--height,0);max-height:calc(100dvh - 32px);border:0}
@keyframes dim{from{opacity:0}}
@media(max-width:480px){dialog{width:100%;margin:auto 0 0;border-radius:20px 20px 0 0;transform:translateY(100%)}}
@media(prefers-reduced-motion:reduce){.sized{transition:none}dialog::backdrop{animation:none}}
@media(forced-colors:active){dialog{border:2px solid}}
@media print{:host{display:none}}`;

  /**
   * @param {object} loader
   * @param {string} loader.HOST
   * @param {string} loader.search
   * @param {string} loader.site
   * @param {{title: string, mode: string, origins: string[]}} loader.look
   * @param {HTMLElement} loader.box with the panel's iframe
   * @param {() => string} loader.locale
   * @param {{identity: string | null}} loader.visitor
   * @param {(data: any) => void} loader.heard
   * @param {(code: string, words?: string) => void} loader.fault
   * @param {any} loader.Mayfly
   */
  function createNotices({ HOST, search, site, look, box, locale, visitor, heard, fault, Mayfly }) {
    const root = document.createElement('mayfly-notice');
    const shadow = root.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
    shadow.adoptedStyleSheets = [sheet];
    root.style.colorScheme = look.mode === 'auto' ? 'light dark' : look.mode;
    const dialog = document.createElement('dialog');
    shadow.append(dialog);
    document.body.append(root);

    /** @type {HTMLIFrameElement | null} */ let frame = null;
    /** @type {number | null} the request that the panel shows */ let reading = null;
    let wanted = false;
    let typed = -TYPING_MS;
    let timer = 0;

    /** @param {object} message */
    const post = (message) => frame?.contentWindow?.postMessage({ mayfly: 1, ...message }, HOST);

    const make = () => {
      const ours = document.createElement('iframe');
      ours.src = `${HOST}/panel/${encodeURIComponent(site)}/notices?locale=${encodeURIComponent(locale())}${search.replace('?', '&')}`;
      ours.title = look.title;
      ours.onload = () => post({ type: 'init', identity: visitor.identity, reading });
      frame = ours;
      dialog.append(ours);
    };

    const hide = () => {
      wanted = false;
      clearTimeout(timer);
      dialog.classList.remove('sized');
      if (dialog.open) dialog.close();
    };

    const show = () => {
      clearTimeout(timer);
      const quiet = performance.now() - typed;
      if (!wanted || dialog.open) return;
      if (quiet < TYPING_MS) timer = window.setTimeout(show, TYPING_MS - quiet);
      else (dialog.showModal(), post({ type: 'shown' }));
    };

    const drop = () => {
      hide();
      frame?.remove();
      frame = null;
    };

    /** @type {Record<string, (data: any) => void>} */
    const HEARD = {
      show({ label }) {
        wanted = true;
        dialog.setAttribute('aria-label', label);
        show();
      },
      hide,
      size({ height }) {
        dialog.style.setProperty('--height', `${Number(height)}px`);
        if (!dialog.open || dialog.classList.contains('sized')) return;
        dialog.classList.add('sized');
        frame?.focus();
      },
      view({ number }) {
        hide();
        Mayfly.open(`requests/${Number(number)}`);
      },
      notified: heard,
      fault: ({ code, message }) => fault(code, message),
    };

    /** @param {MessageEvent} event */
    const receive = ({ source, origin, data }) => {
      if (origin !== HOST || data?.mayfly !== 1) return;
      if (data.type === 'busy') typing();
      else if (data.type === 'reading' && source === box.querySelector('iframe')?.contentWindow) post({ type: 'reading', number: (reading = data.number) });
      else if (frame && source === frame.contentWindow) HEARD[data.type]?.(data);
    };
    const typing = () => void (typed = performance.now());
    const closed = () => post({ type: 'closed' });

    /** Escape, when it is the page that has it. */
    dialog.onclose = () => {
      if (!wanted) return;
      hide();
      post({ type: 'later' });
    };

    const allowed = look.origins.includes(location.origin);
    const begin = () => allowed && document.readyState === 'complete' && visitor.identity && !frame && make();
    addEventListener('message', receive);
    document.addEventListener('keydown', typing, true);
    Mayfly.on('close', closed);
    addEventListener('load', begin);
    begin();

    return {
      /** @param {{type: string, token?: string | null}} message */
      tell({ type, token }) {
        if (type === 'reset' || (type === 'identify' && !token)) (drop(), (reading = null));
        else if (type === 'identify' && frame) post({ type, token });
        else if (type === 'locale') drop();
        begin();
      },
      drop() {
        drop();
        removeEventListener('message', receive);
        removeEventListener('load', begin);
        document.removeEventListener('keydown', typing, true);
        Mayfly.off('close', closed);
        root.remove();
      },
    };
  }

  document.currentScript?.dispatchEvent(new CustomEvent('mayfly', { detail: createNotices }));
})();

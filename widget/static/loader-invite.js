/**
 * A part of the loader that only sites with invitations have: a small card beside the bubble for who comes under its rules,
 * on a phone a dot on the bubble.
 *
 * Until the visitor opens the panel, or closes or takes up an invitation, nothing is stored: whether somebody may have seen one
 * on an earlier page is told by the tab's own history.
 */
(() => {
  'use strict';

  const ASK_AGAIN_MS = 60_000;
  const SMALL = matchMedia('(max-width: 480px), (max-height: 480px)');

  const CSS = `
.invite{position:fixed;right:var(--side);bottom:calc(var(--edge) + 76px);width:min(320px,100vw - var(--side) - 20px);font:15px/1.45 system-ui,sans-serif}
.left .invite{right:auto;left:var(--side)}
.top .invite{bottom:auto;top:calc(var(--edge) + 76px)}
.none .invite{bottom:var(--edge)}
.open .invite{display:none}
.card{position:relative;border-radius:18px;background:light-dark(#fff,#21212a);color:light-dark(#17171f,#f3f3f8);box-shadow:0 12px 40px #0003,0 2px 8px #0002;animation:rise .35s cubic-bezier(.25,1.35,.4,1)}
.card button{border:0;background:none;color:inherit;font:inherit;cursor:pointer}
.card button:focus-visible{outline:2px solid;outline-offset:-4px}
.take{display:block;width:100%;padding:16px 48px 18px 20px;border-radius:inherit;text-align:start;overflow-wrap:anywhere}
.take::before{content:attr(data-title);display:block;margin-bottom:3px;color:light-dark(#646474,#a6a6b8);font-size:13px;font-weight:600}
.no{position:absolute;top:8px;inset-inline-end:8px;width:32px;height:32px;padding:0;border-radius:50%}
.card .no:hover{background:light-dark(#f0f0f4,#343441)}
.no::before{content:"";display:block;width:12px;height:12px;margin:auto;background:currentColor;clip-path:polygon(0 9%,9% 0,50% 41%,91% 0,100% 9%,59% 50%,100% 91%,91% 100%,50% 59%,9% 100%,0 91%,41% 50%)}
.dot{position:absolute;top:0;right:0;width:14px;height:14px;border-radius:50%;background:#d92626;box-shadow:0 0 0 2px #fff}
.open .dot{display:none}
@keyframes rise{from{opacity:0;transform:translateY(12px) scale(.96)}}
@media(forced-colors:active){.card{border:2px solid}}`;

  /**
   * @typedef {{name: string, text: Record<string, string>, pages: string[], after_s: number, returning: boolean | null, free: boolean, section: string}} Invitation
   *
   * @param {object} loader
   * @param {string} loader.site
   * @param {{title: string, locales: string[], invitations: Invitation[], dismiss: Record<string, string>}} loader.look
   * @param {HTMLElement} loader.corner where the card goes, beside the bubble
   * @param {() => string} loader.locale
   * @param {(path: string, failed: () => void, done: (script: HTMLScriptElement) => void) => void} loader.load
   * @param {any} loader.Mayfly
   */
  function createInvitations({ site, look, corner, locale, load, Mayfly }) {
    const KEPT = `mayfly:${site}:invitations`; // the names of those closed or taken up; there as soon as the panel was opened
    const host = /** @type {ShadowRoot} */ (corner.getRootNode());
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
    host.adoptedStyleSheets.push(sheet);
    const place = document.createElement('div');
    place.className = 'invite';
    place.setAttribute('role', 'status'); // read out when there is a pause; the focus stays where it is
    const dot = document.createElement('i');
    dot.className = 'dot';
    place.onkeydown = ({ key }) => void (key === 'Escape' && dismiss()); // anywhere else it means something of the page's
    corner.prepend(place);

    const navigation = /** @type {any} */ (window).navigation;
    const earlier = pathsBefore();
    /** @type {Set<string>} */ const shown = new Set();
    /** @type {Set<string>} */ const answered = new Set(); // paths on which one was closed
    let path = '';
    /** @type {Set<number>} */ const timers = new Set();
    /** @type {Invitation | null} */ let current = null;
    let over = false;

    /** Paths of this site that the tab has had before this page; after a reload or the way back, its own too. */
    function pathsBefore() {
      const [loaded] = /** @type {any[]} */ (performance.getEntriesByType('navigation'));
      const again = /^(reload|traverse|back_forward)$/.test(navigation?.activation?.navigationType ?? loaded?.type);
      const now = navigation?.currentEntry?.index ?? 0;
      const urls = (navigation?.entries() ?? []).slice(0, now).map((/** @type {{url: string | null}} */ entry) => entry.url);
      return [...urls, document.referrer, again && location.href]
        .map((url) => url && new URL(url))
        .filter((url) => url && url.origin === location.origin)
        .map((url) => url.pathname);
    }

    /** @param {Invitation} one @param {string} path */
    const isFor = ({ pages }, path) =>
      pages.some((page) => new RegExp(`^${encodeURI(page).replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(path));

    /** @returns {string[] | null} */
    const kept = () => {
      try {
        return JSON.parse(localStorage.getItem(KEPT) ?? 'null');
      } catch {
        return null;
      }
    };

    /** Only ever after something that the visitor has done. */
    const keep = () => {
      try {
        localStorage.setItem(KEPT, JSON.stringify([...new Set([...(kept() ?? []), ...(current ? [current.name] : [])])]));
      } catch {
        // forbidden by the browser
      }
    };

    const busy = () => {
      try {
        return corner.classList.contains('open') || sessionStorage.getItem(`mayfly:${site}`) !== null;
      } catch {
        return corner.classList.contains('open');
      }
    };

    /** @param {Invitation} one */
    const fits = (one) => {
      const known = kept();
      const may = !over && !current && !shown.has(one.name) && !known?.includes(one.name) && !earlier.some((path) => isFor(one, path));
      return may && !answered.has(location.pathname) && isFor(one, location.pathname) && (one.returning ?? known !== null) === (known !== null);
    };

    /** @param {Invitation} one @param {number} ms */
    const wait = (one, ms) => {
      const timer = window.setTimeout(() => (timers.delete(timer), due(one)), ms);
      timers.add(timer);
    };

    /** @param {Invitation} one */
    const due = (one) => {
      if (!fits(one) || busy()) return;
      if (document.hidden) document.addEventListener('visibilitychange', () => due(one), { once: true });
      else if (!one.free) show(one);
      else {
        const zone = encodeURIComponent(Intl.DateTimeFormat().resolvedOptions().timeZone);
        const free = (/** @type {HTMLScriptElement} */ { dataset }) => (Number(dataset.free) ? fits(one) && !busy() && show(one) : wait(one, ASK_AGAIN_MS));
        load(`/api/sites/${encodeURIComponent(site)}/free.js?time_zone=${zone}`, () => wait(one, ASK_AGAIN_MS), free);
      }
    };

    /** @param {Invitation} one */
    const show = (one) => {
      current = one;
      shown.add(one.name);
      if (SMALL.matches) return corner.querySelector('.bubble')?.append(dot);
      const card = document.createElement('div');
      const take = document.createElement('button');
      const no = document.createElement('button');
      card.className = 'card';
      take.className = 'take';
      take.dataset.title = look.title;
      take.textContent = one.text[locale()] ?? one.text[look.locales[0] ?? ''] ?? '';
      take.onclick = () => Mayfly.open(one.section);
      no.className = 'no';
      no.setAttribute('aria-label', look.dismiss[locale()] ?? '');
      no.onclick = dismiss;
      card.append(take, no);
      place.append(card);
    };

    const hide = () => {
      place.replaceChildren();
      dot.remove();
      current = null;
    };

    const dismiss = () => {
      keep();
      answered.add(location.pathname);
      const held = place.contains(host.activeElement);
      hide();
      if (held) /** @type {HTMLElement | null} */ (corner.querySelector('.bubble'))?.focus({ preventScroll: true });
    };

    const opened = () => {
      keep();
      over = true; // they have found us
      hide();
    };

    /** A page of the site, or of an application that does not load pages. */
    const begin = () => {
      if (path === location.pathname) return; // what comes after it is no other page
      path = location.pathname;
      timers.forEach(clearTimeout);
      timers.clear();
      if (current && !isFor(current, path)) hide();
      look.invitations.filter(fits).forEach((one) => wait(one, one.after_s * 1000));
    };

    Mayfly.on('open', opened);
    navigation?.addEventListener('navigatesuccess', begin);
    begin();

    return {
      tell() {},
      drop() {
        over = true;
        timers.forEach(clearTimeout);
        Mayfly.off('open', opened);
        navigation?.removeEventListener('navigatesuccess', begin);
      },
    };
  }

  document.currentScript?.dispatchEvent(new CustomEvent('mayfly', { detail: createInvitations }));
})();

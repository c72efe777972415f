/**
 * The part of the loader that explains in the host page's console what its owner has to change. It is fetched when something
 * is wrong, and so a page that works pays nothing for it.
 */
(() => {
  'use strict';

  /**
   * @param {object} loader
   * @param {string} loader.HOST
   * @param {string} loader.site
   * @param {{origins: string[]} | undefined} loader.look
   */
  function createExplain({ HOST, site, look }) {
    const table = `[sites.${site}]`;

    const ofOrigin = () => {
      const { origin, protocol, hostname } = location;
      if (protocol === 'file:') return 'this page was opened as a file, and files may not open the chat. Serve the folder, for example by "python3 -m http.server", open the page from there, and name that origin in ' + `${table} origins.`;
      const origins = look?.origins.filter((one) => one !== HOST) ?? [];
      const other = origins.find((one) => new URL(one).hostname === hostname);
      const near = other ? ` (${other} is, but scheme and port have to be the same)` : '';
      return `${origin} is not among the origins of site "${site}"${near}, so the chat will not open here. In the configuration of ${HOST}:\n\n${table}\norigins = ${JSON.stringify([...origins, origin])}`;
    };

    /** @type {Record<string, (words?: string) => string>} */
    const FAULTS = {
      site: () =>
        site
          ? `there is no site "${site}" at ${HOST}. data-site has to be the key of a [sites.…] table in the configuration there.`
          : `the script's tag names no site. Write data-site="KEY" on it or, where a tag manager drops that, src="${HOST}/widget.js?site=KEY".`,
      origin: ofOrigin,
      twice: () => `the snippet for site "${site}" is on this page twice, and the second is left out. An application that draws it anew calls Mayfly.destroy() before.`,
      'frame-src': () => `this page's Content-Security-Policy forbids the chat's iframe. Add to it: frame-src ${HOST}`,
      away: () => `${HOST}/panel/${site} does not answer. Is the service running, and reachable by visitors? A sandboxed frame without allow-same-origin and a Cross-Origin-Embedder-Policy keep it away, too.`,
      identity_expired: () => 'the identity token has expired (identity_expired). Sign a fresh one on your server and pass it to Mayfly.identify(token).',
      identity_invalid: (words) => `the identity token was refused (identity_invalid): ${words}. It has to be a JWT signed by HS256 with one of ${table} identity_secrets, with exp.`,
    };

    return (/** @type {string} */ code, /** @type {string | undefined} */ words) => {
      const explain = FAULTS[code] ?? (() => `${HOST}/widget/${code}.js cannot be loaded.`);
      console[code === 'twice' ? 'warn' : 'error'](`Mayfly: ${explain(words)}`);
    };
  }

  document.currentScript?.dispatchEvent(new CustomEvent('mayfly', { detail: createExplain }));
})();

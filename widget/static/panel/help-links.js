/** Links to this site's help pages, in what is said, open in the panel: with what only this reader may read, and a way back. */

import { ask } from './context.js';

/**
 * @param {HTMLElement} view
 * @param {import('./context.js').Context} context
 */
export function openHelpHere(view, { config }) {
  view.addEventListener('click', (event) => {
    const link = event.target instanceof Element && event.target.closest('a');
    if (!link || link.origin !== location.origin || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const [, kind, site, locale, slug, ...more] = link.pathname.split('/');
    if (kind !== 'help' || site !== encodeURIComponent(config.site) || !slug || more.length || !config.locales.includes(locale ?? '')) return;
    event.preventDefault();
    ask(view, { do: 'go', screen: 'help', reading: slug, over: true });
  });
}

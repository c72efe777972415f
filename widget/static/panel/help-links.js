/** Links to this site's help pages, in what is said, open in the panel: with what only this reader may read, and a way back. */

import { ask } from './context.js';
import { offers } from './facts.js';

/**
 * @param {HTMLElement} view
 * @param {import('./context.js').Context} context
 * @param {() => import('./model.js').State | null} state
 */
export function openHelpHere(view, context, state) {
  view.addEventListener('click', (event) => {
    const { site, locales } = context.config;
    const link = event.target instanceof Element && event.target.closest('a');
    if (!link || link.origin !== location.origin || event.ctrlKey || event.metaKey || event.shiftKey || !hasHelp(state(), context)) return;
    const [, kind, of, locale, slug, ...more] = link.pathname.split('/');
    if (kind !== 'help' || of !== encodeURIComponent(site) || !slug || more.length || !locales.includes(locale ?? '')) return;
    event.preventDefault();
    ask(view, { do: 'go', screen: 'help', reading: slug, over: true });
  });
}

/**
 * Whether the panel can show this reader articles. Which of those for only some they may read is asked for on the home
 * screen alone: here whoever is identified may try.
 *
 * @param {import('./model.js').State | null} state
 * @param {import('./context.js').Context} context
 */
function hasHelp(state, { config, identity }) {
  return !!state && offers(state, 'help') && (config.help === 'all' || (config.help === 'some' && !!identity()));
}

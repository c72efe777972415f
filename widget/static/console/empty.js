/** What stands where there is nothing: a mark, a line, why, and what to do about it. */

import { h } from '../shared/dom.js';

/** @import { Child } from '../shared/dom.js' */

/**
 * @param {Node} mark
 * @param {string} title
 * @param {Child} [text]
 * @param {...Child} actions
 */
export function emptyState(mark, title, text, ...actions) {
  return h(
    'div',
    { class: 'empty' },
    h('span', { class: 'empty-mark', 'aria-hidden': true }, mark),
    h('h2', {}, title),
    text ? h('p', {}, text) : null,
    ...actions,
  );
}

/** Text as nodes, with its web and mail addresses, and telephone numbers that begin with a +, as links; everything else stays text. */

import { h } from './dom.js';

const ADDRESS = /\bhttps?:\/\/[^\s<>"']+|\bwww\.[^\s<>"']+\.[^\s<>"']+|\b[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+|(?<![\w+/])\+\d[\d ().\u00A0-]{6,18}\d\b/gi;
const TRAILING = '.,:;!?)]}»”’…*_';

/**
 * @param {string} text
 * @returns {Node[]}
 */
export function linkify(text) {
  /** @type {Node[]} */
  const nodes = [];
  let end = 0;
  for (const found of text.matchAll(ADDRESS)) {
    const shown = trim(found[0]);
    const url = URL.canParse(target(shown)) ? target(shown) : null;
    if (!url) continue;
    nodes.push(document.createTextNode(text.slice(end, found.index)));
    nodes.push(h('a', { href: url, target: '_blank', rel: 'noopener noreferrer nofollow' }, shown));
    end = found.index + shown.length;
  }
  nodes.push(document.createTextNode(text.slice(end)));
  return nodes;
}

/**
 * A sentence's punctuation is not part of the address, but a bracket opened in it is.
 *
 * @param {string} address
 */
function trim(address) {
  let unopened = address.split(')').length - address.split('(').length;
  let end = address.length;
  for (; TRAILING.includes(address.charAt(end - 1)); end -= 1) {
    if (address.charAt(end - 1) !== ')') continue;
    if (unopened <= 0) break;
    unopened -= 1;
  }
  return address.slice(0, end);
}

/** @param {string} shown */
function target(shown) {
  if (/^https?:/i.test(shown)) return shown;
  if (shown.startsWith('+') && !shown.includes('@')) return `tel:+${shown.replace(/\D/g, '')}`;
  return shown.includes('@') ? `mailto:${shown}` : `https://${shown}`;
}

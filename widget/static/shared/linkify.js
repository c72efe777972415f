/** Text as nodes, with its web and mail addresses as links; everything else stays text. */

import { h } from './dom.js';

const ADDRESS = /\bhttps?:\/\/[^\s<>"']+|\bwww\.[^\s<>"']+\.[^\s<>"']+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+/gi;
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
  let end = address.length;
  while (TRAILING.includes(address.charAt(end - 1)) && !closes(address.slice(0, end))) end -= 1;
  return address.slice(0, end);
}

/** @param {string} address */
function closes(address) {
  return address.endsWith(')') && address.split('(').length >= address.split(')').length;
}

/** @param {string} shown */
function target(shown) {
  if (/^https?:/i.test(shown)) return shown;
  return shown.includes('@') ? `mailto:${shown}` : `https://${shown}`;
}

/** Text as nodes, with its web and mail addresses as links; everything else stays text. */

import { h } from './dom.js';

const ADDRESS = /\bhttps?:\/\/[^\s<>"']+|\bwww\.[^\s<>"']+\.[^\s<>"']+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+/gi;
const TRAILING = /[.,:;!?)\]}»”'…]+$/;

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
  const balanced = address.endsWith(')') && address.split('(').length === address.split(')').length;
  return balanced ? address : address.replace(TRAILING, '');
}

/** @param {string} shown */
function target(shown) {
  if (/^https?:/i.test(shown)) return shown;
  return shown.includes('@') ? `mailto:${shown}` : `https://${shown}`;
}

/**
 * The body of an article, from the tree of nodes that the service tells (`chat/help/document.py`) into elements.
 *
 * @typedef {{type: 'text', text: string} | {type: 'code', text: string} | {type: 'break'} | {type: 'strong' | 'emphasis' | 'struck', children: Inline[]}
 *   | {type: 'link', href: string, children: Inline[], article: string | null, anchor: string | null} | {type: 'image', src: string, alt: string, width?: number, height?: number}} Inline
 * @typedef {{children: Inline[], align: 'left' | 'center' | 'right' | null}} Cell
 * @typedef {{type: 'paragraph', children: Inline[]} | {type: 'heading', level: number, id: string, children: Inline[]} | {type: 'list', ordered: boolean, start: number, items: Block[][]}
 *   | {type: 'quote', children: Block[]} | {type: 'code_block', text: string, language: string} | {type: 'table', head: Cell[], rows: Cell[][]} | {type: 'rule'}} Block
 *
 * @typedef {object} Reader
 * @property {import('./i18n.js').Translate} t
 * @property {(slug: string | null, anchor: string | null) => void} follow a link to another article, or within this one
 * @property {(image: HTMLImageElement) => void} enlarge
 */

import { h } from './dom.js';

const MARKS = /** @type {const} */ ({ strong: 'strong', emphasis: 'em', struck: 's' });
const HEADINGS = /** @type {const} */ (['h3', 'h4', 'h5', 'h6']); // below the article's title, an h2 in the panel

/** What an anchor is called in the page, where there may be others of the name. @param {string} anchor */
export function idOf(anchor) {
  return `article-${anchor}`;
}

/** @param {Block[]} blocks @param {Reader} reader @returns {HTMLElement[]} */
export function drawBody(blocks, reader) {
  return blocks.map((block) => drawBlock(block, reader));
}

/** @param {Block} block @param {Reader} reader @returns {HTMLElement} */
function drawBlock(block, reader) {
  switch (block.type) {
    case 'heading':
      return h(HEADINGS[block.level - 2] ?? 'h6', { id: idOf(block.id), tabIndex: -1 }, ...drawLine(block.children, reader));
    case 'list':
      return h(block.ordered ? 'ol' : 'ul', { start: block.ordered && block.start !== 1 && block.start }, ...block.items.map((item) => h('li', {}, ...drawItem(item, reader))));
    case 'quote':
      return h('blockquote', {}, ...drawBody(block.children, reader));
    case 'code_block':
      return h('pre', { tabIndex: 0, dir: 'ltr' }, h('code', {}, block.text));
    case 'table':
      return h('div', { class: 'wide', tabIndex: 0 }, h('table', {}, h('thead', {}, drawRow(block.head, 'th', reader)), h('tbody', {}, ...block.rows.map((row) => drawRow(row, 'td', reader)))));
    case 'rule':
      return h('hr');
    default:
      return h('p', {}, ...drawLine(block.children ?? [], reader));
  }
}

/** An item of one paragraph is a line. @param {Block[]} item @param {Reader} reader */
function drawItem(item, reader) {
  const [first, ...rest] = item;
  return first?.type === 'paragraph' ? [...drawLine(first.children, reader), ...drawBody(rest, reader)] : drawBody(item, reader);
}

/** @param {Cell[]} cells @param {'th' | 'td'} tag @param {Reader} reader */
function drawRow(cells, tag, reader) {
  return h('tr', {}, ...cells.map(({ children, align }) => h(tag, { class: align, scope: tag === 'th' && 'col' }, ...drawLine(children, reader))));
}

/** @param {Inline[]} nodes @param {Reader} reader @returns {Node[]} */
function drawLine(nodes, reader) {
  return nodes.map((node) => drawInline(node, reader));
}

/** @param {Inline} node @param {Reader} reader @returns {Node} */
function drawInline(node, reader) {
  switch (node.type) {
    case 'code':
      return h('code', { dir: 'ltr' }, node.text);
    case 'break':
      return h('br');
    case 'strong':
    case 'emphasis':
    case 'struck':
      return h(MARKS[node.type], {}, ...drawLine(node.children, reader));
    case 'link':
      return drawLink(node, reader);
    case 'image':
      return drawImage(node, reader);
    default:
      return document.createTextNode(node.text ?? '');
  }
}

/** Another article opens where this one is, the rest of the world apart. @param {Extract<Inline, {type: 'link'}>} link @param {Reader} reader */
function drawLink({ href, children, article, anchor }, reader) {
  const within = article !== null || anchor !== null;
  const apart = !within && /^https?:/i.test(href) ? { target: '_blank', rel: 'noopener noreferrer' } : {};
  const element = h('a', { href, ...apart }, ...drawLine(children, reader));
  for (const button of element.querySelectorAll('button')) button.replaceWith(...button.childNodes); // a picture that leads somewhere is not enlarged
  if (within) {
    element.addEventListener('click', (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return; // wanted apart
      event.preventDefault();
      reader.follow(article, anchor);
    });
  }
  return element;
}

/** @param {Extract<Inline, {type: 'image'}>} image @param {Reader} reader */
function drawImage({ src, alt, width, height }, { t, enlarge }) {
  const image = h('img', { alt, width, height, loading: 'lazy', decoding: 'async', src });
  return h('button', { class: 'zoom', type: 'button', 'aria-label': alt ? t('help.enlarge', { alt }) : t('help.enlarge_it'), onclick: () => enlarge(image) }, image);
}

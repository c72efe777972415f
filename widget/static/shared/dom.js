/**
 * Elements without markup strings: `h('button', { class: 'primary', onclick }, 'Send')`.
 *
 * @typedef {Node | string | number | null | undefined | false} Child
 */

const SVG = 'http://www.w3.org/2000/svg';

/**
 * Builds an element. `class`, `aria-*`, `data-*`, `role`, `for` and whatever is no property become attributes, `style` is an object
 * of CSS properties (set through CSSOM, as the content policy allows no style attributes), the rest are properties.
 * `null`, `undefined` and `false` are left out, of properties and of children alike.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any>} [props]
 * @param {...Child} children text is only ever text
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || (value === false && !name.startsWith('aria-'))) continue;
    if (name.startsWith('aria-')) element.setAttribute(name, String(value));
    else if (name === 'style') for (const [property, of] of Object.entries(value)) element.style.setProperty(property, String(of));
    else if (name in element && name !== 'list' && name !== 'form') Reflect.set(element, name, value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...present(children));
  return element;
}

/**
 * Replaces what an element holds.
 *
 * @template {Element} Target
 * @param {Target} element
 * @param {...Child} children
 * @returns {Target}
 */
export function fill(element, ...children) {
  element.replaceChildren(...present(children));
  return element;
}

/** @param {Child[]} children */
function present(children) {
  return children.flatMap((child) => (child === null || child === undefined || child === false ? [] : [typeof child === 'number' ? String(child) : child]));
}

/** Stroked icons on a 24-unit grid; each is the `d` of one path. */
const ICONS = {
  alert: 'M12 8v5m0 3.5v.01M10.3 3.9 2.4 17.5A2 2 0 0 0 4.1 20.5h15.8a2 2 0 0 0 1.7-3L13.7 3.9a2 2 0 0 0-3.4 0z',
  back: 'M15 5l-7 7 7 7',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  chevron: 'M6 9.5l6 6 6-6',
  clock: 'M12 7v5l3 2m6-2a9 9 0 1 1-18 0 9 9 0 0 1 18 0z',
  close: 'M6 6l12 12M18 6L6 18',
  end: 'M9 4H6a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h3m6-4l4-4-4-4m4 4H9',
  ticket: 'M7 3.5h7l4.5 4.5v11a1.5 1.5 0 0 1-1.5 1.5H7A1.5 1.5 0 0 1 5.5 19V5A1.5 1.5 0 0 1 7 3.5zM14 3.5V8h4.5M9 12.5h6M9 16h4',
};

/** @typedef {keyof typeof ICONS} IconName */

/**
 * A decorative icon in the colour of the text around it.
 *
 * @param {IconName} name
 * @returns {SVGSVGElement}
 */
export function icon(name) {
  return draw(name, ICONS[name]);
}

/**
 * @param {string} name
 * @param {string} d the path, on a 24-unit grid
 * @returns {SVGSVGElement}
 */
export function draw(name, d) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', `icon icon-${name}`);
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', d);
  svg.append(path);
  return svg;
}

/**
 * @typedef {{mode: 'auto'|'light'|'dark', colours: Record<string, string>, logo?: string}} Theme a site's
 * @param {Theme} theme
 */
export function dress({ mode, colours }) {
  const { dataset, style } = document.documentElement;
  dataset.mode = mode;
  for (const [name, colour] of Object.entries(colours)) style.setProperty(name, colour);
}

/** Up to two initials of a name. @param {string | null | undefined} name */
export function initials(name) {
  const words = (name ?? '').trim().split(/\s+/);
  return [words[0], words.length > 1 ? words.at(-1) : ''].map((word) => [...(word ?? '')][0] ?? '').join('').toLocaleUpperCase();
}

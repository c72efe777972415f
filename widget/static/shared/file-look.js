/** How files are shown: icon, size, small picture, and the link to one that was kept. */

import { draw, h } from './dom.js';

const PATHS = {
  clip: 'M20 11.5l-8.2 8.2a5.2 5.2 0 0 1-7.4-7.4l8.6-8.5a3.5 3.5 0 0 1 5 5l-8.5 8.4a1.7 1.7 0 0 1-2.5-2.4l7.7-7.7',
  file: 'M7 3.5h7l4.5 4.5v11a1.5 1.5 0 0 1-1.5 1.5H7A1.5 1.5 0 0 1 5.5 19V5A1.5 1.5 0 0 1 7 3.5zM14 3.5V8h4.5',
  save: 'M12 4v11m-5-4.5l5 5 5-5M5 20h14',
};
const THUMB_PX = 88;
const LARGEST_PICTURE = 25_000_000; // bytes; larger ones take long to decode

/** @param {keyof typeof PATHS} name */
export function drawFile(name) {
  return draw(name, PATHS[name]);
}

/**
 * "340 kB", "2.4 MB".
 *
 * @param {number} bytes
 * @param {string} locale
 */
export function formatSize(bytes, locale) {
  const [value, unit] = bytes < 1e3 ? [bytes, 'byte'] : bytes < 1e6 ? [bytes / 1e3, 'kilobyte'] : [bytes / 1e6, 'megabyte'];
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: value < 10 ? 1 : 0 }).format(value);
}

/**
 * A picture small enough for a line, drawn here: the content policy lets no page show a blob.
 *
 * @param {File} file
 * @returns {Promise<HTMLCanvasElement | null>} null for what is no picture
 */
export async function thumbnail(file) {
  if (!file.type.startsWith('image/') || file.size > LARGEST_PICTURE) return null;
  try {
    const picture = await createImageBitmap(file);
    const side = Math.min(picture.width, picture.height);
    const canvas = h('canvas', { width: THUMB_PX, height: THUMB_PX, 'aria-hidden': true });
    canvas.getContext('2d')?.drawImage(picture, (picture.width - side) / 2, 0, side, side, 0, 0, THUMB_PX, THUMB_PX);
    picture.close();
    return canvas;
  } catch {
    return null; // broken, or of a kind this browser does not know
  }
}

/**
 * A file that was kept, as a link to download it.
 *
 * @param {{name: string, size: number, link?: string}} file
 * @param {import('./i18n.js').Translate} t
 * @param {string} locale
 */
export function fileLink({ name, size, link }, t, locale) {
  return h(
    'a',
    { class: 'file-link', href: link && /^(https?:|\/)/.test(link) ? link : null, target: '_blank', rel: 'noopener', title: t('file.save', { name }) },
    h('span', { class: 'file-thumb' }, drawFile('file')),
    h('span', { class: 'file-what' }, h('b', { dir: 'auto' }, name), h('small', {}, formatSize(size, locale))),
    drawFile('save'),
  );
}

/** Files: those that are there as a link to download, and the one on its way with what it has come to. */

import { h } from '../../shared/dom.js';
import { icon } from '../../shared/icons.js';
import { sign } from '../draw.js';

/**
 * @import { Translate } from '../../shared/i18n.js'
 * @import { Upload } from './desk-state.js'
 * @import { KeptFile } from './types.js'
 */

/**
 * @param {KeptFile} file
 * @param {Translate} t
 * @param {string} locale
 */
export function fileChip(file, t, locale) {
  const words = h('span', { class: 'words' }, h('b', { dir: 'auto' }, file.name), h('small', {}, formatSize(file.size, locale)));
  if (!file.link) return h('p', { class: 'file' }, sign('clip'), words);
  return h('a', { class: 'file', href: file.link, download: file.name, title: t('console.file.download') }, sign('clip'), words, icon('down'));
}

/**
 * @param {Upload} upload
 * @param {Translate} t
 * @param {string} locale
 * @param {() => void} remove
 */
export function uploadChip({ name, size, part, id, fault, words: told }, t, locale, remove) {
  const state = fault ? told || t(`error.${fault}`) : id ? formatSize(size, locale) : t('console.file.sending', { percent: String(Math.round(part * 100)) });
  const words = t(id || fault ? 'console.file.remove' : 'console.file.cancel', { name });
  return h(
    'div',
    { class: `file upload ${fault ? 'failed' : id ? 'there' : 'sending'}`, role: 'group', 'aria-label': name },
    fault ? icon('alert') : sign('clip'),
    h('span', { class: 'words' }, h('b', { dir: 'auto' }, name), h('small', { role: fault ? 'alert' : undefined }, state)),
    h('button', { class: 'icon-button', type: 'button', 'aria-label': words, title: words, onclick: remove }, icon('close')),
    !id && !fault && h('progress', { max: 1, value: part, 'aria-label': state }),
  );
}

/**
 * @param {number} bytes
 * @param {string} locale
 */
export function formatSize(bytes, locale) {
  const [value, unit] = bytes < 1000 ? [bytes, 'byte'] : bytes < 1_000_000 ? [bytes / 1000, 'kilobyte'] : [bytes / 1_000_000, 'megabyte'];
  return new Intl.NumberFormat(locale, { style: 'unit', unit, maximumFractionDigits: value < 10 && unit !== 'byte' ? 1 : 0 }).format(value);
}

/**
 * Takes a file that is dropped on an element or pasted into it.
 * @param {HTMLElement} element
 * @param {(file: File) => void} take
 */
export function takeFiles(element, take) {
  let inside = 0;
  const holds = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes('Files') ?? false;
  const mark = (/** @type {number} */ change) => {
    inside = Math.max(0, inside + change);
    element.classList.toggle('dropping', inside > 0);
  };
  element.addEventListener('dragenter', (event) => void (holds(event) && mark(1)));
  element.addEventListener('dragleave', (event) => void (holds(event) && mark(-1)));
  element.addEventListener('dragover', (event) => void (holds(event) && event.preventDefault()));
  element.addEventListener('drop', (event) => {
    mark(-inside);
    const [file] = event.dataTransfer?.files ?? [];
    if (!file) return;
    event.preventDefault();
    take(file);
  });
  element.addEventListener('paste', (event) => {
    const [file] = event.clipboardData?.files ?? [];
    if (!file) return;
    event.preventDefault();
    take(file);
  });
}

/**
 * Lets one choose a file.
 * @param {string | undefined} accept kinds, as an input has them
 * @param {(file: File) => void} take
 */
export function chooseFile(accept, take) {
  const input = h('input', { type: 'file', accept: accept ?? '' });
  input.onchange = () => void (input.files?.[0] && take(input.files[0]));
  input.click();
}

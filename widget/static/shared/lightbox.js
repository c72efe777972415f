/** A picture as large as there is room for, in a dialog; the browser gives the focus back. */

import { drawFile } from './file-look.js';
import { h, icon } from './dom.js';

/**
 * @param {{name: string, src: string, link: string}} picture
 * @param {import('./i18n.js').Translate} t
 */
export function showLarge({ name, src, link }, t) {
  const close = h('button', { class: 'icon-button', type: 'button', 'aria-label': t('file.picture.close'), title: t('file.picture.close'), onclick: () => dialog.close() }, icon('close'));
  const save = h('a', { class: 'icon-button', href: link, download: name, 'aria-label': t('file.picture.save', { name }), title: t('file.picture.save', { name }) }, drawFile('save'));
  const dialog = h('dialog', { class: 'lightbox', 'aria-label': name }, h('header', {}, h('b', { dir: 'auto' }, name), save, close), h('div', { class: 'stage' }, h('img', { src, alt: name })));
  dialog.addEventListener('click', (event) => {
    if (event.target instanceof HTMLElement && event.target.matches('.lightbox, .stage')) dialog.close();
  });
  dialog.addEventListener('keydown', (event) => {
    event.stopPropagation();
    if (event.key !== 'Escape') return;
    event.preventDefault(); // the panel behind it stays open
    dialog.close();
  });
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  close.focus(); // `autofocus` is refused in a frame of another origin
}

/** Pictures among the files of a ticket: small in the exchange, large on a click; every other file is its link alone. */

import { h } from './dom.js';

/** What no browser runs: no SVG, and nothing that only calls itself a picture, for the service tells the type by the content. */
const SHOWN = ['image/png', 'image/apng', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'];
const LARGEST = 10_000_000; // bytes; a picture is fetched whole

/**
 * @template {HTMLElement} Link
 * @param {{name: string, size: number, media_type: string, link?: string}} file
 * @param {Link} link to download it
 * @param {import('./i18n.js').Translate} t
 * @returns {Link | HTMLElement} the link, under its picture if it is one
 */
export function withPicture({ name, size, media_type: type, link: address }, link, t) {
  if (!address || !SHOWN.includes(type) || size > LARGEST || !isOurs(address)) return link;
  const picture = h('img', { src: address, alt: name, loading: 'lazy', decoding: 'async' });
  const words = t('file.picture.show', { name });
  const show = h('button', { class: 'shown', type: 'button', 'aria-label': words, title: words, 'aria-haspopup': 'dialog' }, picture);
  picture.onload = () => show.classList.add('there');
  picture.onerror = () => show.remove(); // broken, or the link has ended
  show.onclick = async () => {
    const { showLarge } = await import('./lightbox.js');
    showLarge({ name, src: picture.src, link: link instanceof HTMLAnchorElement ? link.href : address }, t);
  };
  return h('figure', { class: 'file-picture' }, show, link);
}

/** The content policy lets no picture come from elsewhere. @param {string} address */
function isOurs(address) {
  return new URL(address, location.href).origin === location.origin;
}

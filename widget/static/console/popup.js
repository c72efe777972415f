/** A small window beside the control that opened it. The browser closes it on Escape and on a click elsewhere, and gives the focus back. */

import { h } from '../shared/dom.js';

const GAP = 4;
/** @type {{anchor: HTMLElement, popup: HTMLElement} | null} */
let open = null;

/**
 * @param {HTMLElement} anchor
 * @param {HTMLElement} content
 * @param {{label: string, closed?: () => void, at?: HTMLElement}} options `at` is what it stands beside, if not the anchor
 * @returns {() => void} closes it
 */
export function openPopup(anchor, content, { label, closed, at = anchor }) {
  if (open?.anchor === anchor) return () => {}; // the browser closes it by the same click
  const popup = h('div', { class: 'popup', popover: 'auto', role: 'dialog', 'aria-label': label }, content);
  const within = anchor.closest('dialog') ?? document.querySelector('mayfly-console');
  within?.append(popup);
  popup.addEventListener('toggle', (event) => {
    if (event.newState !== 'closed') return;
    if (open?.popup === popup) open = null;
    if (anchor instanceof HTMLButtonElement) {
      anchor.setAttribute('aria-expanded', 'false');
      anchor.popoverTargetElement = null;
    }
    popup.remove();
    closed?.();
  });
  open = { anchor, popup };
  popup.showPopover();
  place(popup, at.getBoundingClientRect());
  if (anchor instanceof HTMLButtonElement) {
    anchor.setAttribute('aria-expanded', 'true');
    // Only after the click that opened it: from then on it is the popup's own button, and closes it.
    setTimeout(() => void (popup.isConnected && (anchor.popoverTargetElement = popup)));
  }
  const first = popup.querySelector('[data-first]');
  if (first instanceof HTMLElement) first.focus();
  return () => void (popup.isConnected && popup.hidePopover());
}

/** Whether one is open: single keys mean what is in it. */
export function isPopupOpen() {
  return open !== null;
}

/**
 * Under the control, or over it where there is more room.
 * @param {HTMLElement} popup
 * @param {DOMRect} beside
 */
function place(popup, beside) {
  const { width, height } = popup.getBoundingClientRect();
  const below = innerHeight - beside.bottom - 2 * GAP;
  const over = height > below && beside.top > below;
  const rtl = getComputedStyle(popup).direction === 'rtl';
  const wanted = rtl ? beside.right - width : beside.left;
  popup.style.setProperty('left', `${Math.max(GAP, Math.min(wanted, innerWidth - width - 2 * GAP))}px`);
  if (over) popup.style.setProperty('bottom', `${innerHeight - beside.top + GAP}px`);
  else popup.style.setProperty('top', `${beside.bottom + GAP}px`);
  popup.style.setProperty('max-block-size', `${Math.max(160, over ? beside.top - 3 * GAP : below)}px`);
}

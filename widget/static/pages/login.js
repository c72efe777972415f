/** Signing in: e-mail and password become the session cookie, then on to where the agent wanted to go. */

import { formatDuration } from '../shared/i18n.js';
import { byId, letReveal, post, showFault } from './form.js';

const form = /** @type {HTMLFormElement} */ (byId('login'));
const reason = new URLSearchParams(location.search).get('reason');
const notice = reason === 'signed_out' ? form.dataset.signedOut : reason === 'done' ? form.dataset.done : '';

letReveal();
if (notice) {
  byId('notice').textContent = notice;
  byId('notice').hidden = false;
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const { email, password } = Object.fromEntries(new FormData(form));
  if (!email || !password) return showFault(form, form.dataset.missing ?? '', email ? 'password' : 'email');
  showFault(form, '');
  const refusal = await post(form, '/api/session', { email, password });
  if (!refusal) return location.replace(ownPath(form.dataset.next));
  const words = form.dataset[refusal.code] ?? form.dataset.unavailable ?? '';
  showFault(form, words.replace('{wait}', formatDuration(refusal.retryAfter, document.documentElement.lang)), 'password');
});

/**
 * Only ever a path of our own: `next` comes from the address bar.
 * @param {string | undefined} next
 */
function ownPath(next) {
  const url = new URL(next ?? '/console', location.origin);
  return url.origin === location.origin && url.pathname.startsWith('/console') ? url.pathname + url.search : '/console';
}

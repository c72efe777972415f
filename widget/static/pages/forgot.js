/** Asking for a link to set a new password. The answer is the same whether or not there is such an account. */

import { formatDuration } from '../shared/i18n.js';
import { byId, post, showFault } from './form.js';

const form = /** @type {HTMLFormElement} */ (byId('forgot'));
const language = document.documentElement.lang;

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const { email } = Object.fromEntries(new FormData(form));
  if (!String(email).includes('@')) return showFault(form, form.dataset.invalid ?? '', 'email');
  showFault(form, '');
  const refusal = await post(form, `/api/forgot?lang=${encodeURIComponent(language)}`, { email });
  if (!refusal) {
    form.hidden = true;
    byId('sent').hidden = false;
    return byId('sent').focus();
  }
  const words = form.dataset[refusal.code] ?? form.dataset.unavailable ?? '';
  return showFault(form, words.replace('{wait}', formatDuration(refusal.retryAfter, language)), 'email');
});

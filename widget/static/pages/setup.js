/** Setting a password with the one-time link. */

import { letReveal, post, showFault } from './form.js';

const MIN_LENGTH = 10;
const form = /** @type {HTMLFormElement | null} */ (document.getElementById('setup'));

letReveal();
form?.addEventListener('submit', async (event) => {
  event.preventDefault();
  const { password, repeat } = Object.fromEntries(new FormData(form));
  if (String(password).length < MIN_LENGTH) return showFault(form, form.dataset.short ?? '', 'password');
  if (password !== repeat) return showFault(form, form.dataset.differ ?? '', 'repeat');
  showFault(form, '');
  const refusal = await post(form, '/api/setup', { token: form.dataset.token, password });
  if (!refusal) return location.replace('/console/login?reason=done');
  return showFault(form, form.dataset[refusal.code] ?? form.dataset.unavailable ?? '', 'password');
});

/** Was this helpful, and comments: all that needs a script on a help page. The words are `data-` attributes of the forms. */

import { byId, post } from './form.js';

const { path, locale } = byId('feedback').dataset;
const query = `?locale=${locale}`;
const vote = /** @type {HTMLFormElement} */ (byId('vote'));
const comment = /** @type {HTMLFormElement} */ (byId('comment'));
const ref = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16)).join('-');

vote.hidden = comment.hidden = false;

vote.addEventListener('submit', async (event) => {
  event.preventDefault();
  const chosen = /** @type {HTMLButtonElement} */ (event.submitter);
  const refusal = await post(vote, `${path}/vote${query}`, { helpful: chosen.value === 'yes', ref });
  if (!refusal) for (const button of vote.querySelectorAll('button')) button.setAttribute('aria-pressed', String(button === chosen));
  say(vote, refusal ? 'failed' : 'done');
});

comment.addEventListener('submit', async (event) => {
  event.preventDefault();
  const { name, text } = Object.fromEntries(new FormData(comment));
  const refusal = await post(comment, `${path}/comments${query}`, { text, name: name || null });
  if (!refusal) comment.reset();
  say(comment, refusal ? 'failed' : 'done');
});

/**
 * @param {HTMLFormElement} form
 * @param {'done' | 'failed'} what
 */
function say(form, what) {
  const said = /** @type {HTMLElement} */ (form.querySelector('[role=status]'));
  said.textContent = form.dataset[what] ?? '';
  said.classList.toggle('fault', what === 'failed');
}

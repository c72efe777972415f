/**
 * The forms in front of the console: one request, one place for what went wrong. The words are `data-` attributes of the form.
 *
 * @typedef {{code: string, retryAfter: number}} Refusal
 */

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no #${id}`);
  return element;
}

/**
 * @param {HTMLFormElement} form
 * @param {string} words
 * @param {string} [field] name of the input at fault
 */
export function showFault(form, words, field) {
  const fault = byId('fault');
  fault.textContent = words;
  fault.hidden = !words;
  for (const input of form.querySelectorAll('input')) input.toggleAttribute('aria-invalid', input.name === field);
  if (field) form.querySelector('input')?.form?.[field]?.focus();
}

/**
 * @param {HTMLFormElement} form
 * @param {string} path
 * @param {object} body
 * @returns {Promise<Refusal | null>} null: it worked
 */
export async function post(form, path, body) {
  const button = /** @type {HTMLButtonElement} */ (form.querySelector('[type=submit]'));
  const words = button.textContent;
  button.disabled = true;
  button.textContent = form.dataset.submitting ?? words;
  try {
    const response = await fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
    if (response.ok) return null;
    const problem = await response.json().catch(() => ({}));
    return { code: problem.code ?? 'unavailable', retryAfter: Number(response.headers.get('Retry-After') ?? problem.retry_after_s ?? 60) };
  } catch {
    return { code: 'unavailable', retryAfter: 0 };
  } finally {
    button.disabled = false;
    button.textContent = words;
  }
}

/** Lets a button show and hide what is typed into the password fields it names. */
export function letReveal() {
  for (const button of document.querySelectorAll('.reveal')) {
    if (!(button instanceof HTMLButtonElement)) continue;
    button.addEventListener('click', () => {
      const shown = button.getAttribute('aria-pressed') === 'true';
      button.setAttribute('aria-pressed', String(!shown));
      button.textContent = (shown ? button.dataset.show : button.dataset.hide) ?? '';
      for (const id of (button.dataset.reveals ?? '').split(' ')) byId(id).setAttribute('type', shown ? 'password' : 'text');
    });
  }
}

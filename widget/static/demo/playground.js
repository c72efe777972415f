/** The playground of the demo: a choice is applied at once by loading the page that it describes, so that its address can be shared. */

const form = /** @type {HTMLFormElement} */ (document.querySelector('.play form'));
const COPIED_MS = 2_000;

/** What a desk brings by itself. */
const OF_A_DESK = ['mode', 'accent', 'shape', 'icon', 'position', 'plan', 'stage'];

form.addEventListener('change', ({ target }) => {
  const changed = /** @type {HTMLInputElement | HTMLSelectElement} */ (target);
  const query = new URLSearchParams(/** @type {any} */ (new FormData(form)));
  if (changed.type === 'color') query.set('accent', changed.value.slice(1));
  if (changed.name === 'desk') for (const name of OF_A_DESK) query.delete(name);
  location.replace(`/demo?${query}#at-${changed.name || 'accent'}-${Math.round(scrollY)}`);
});

/** Where the reader was, and what they had in hand. */
const [, name, top] = /^#at-(\w+)-(\d+)$/.exec(location.hash) ?? [];
if (name) {
  history.replaceState(null, '', location.pathname + location.search);
  const chosen = form.querySelector(`[name=${name}]:checked, select[name=${name}]`);
  if (chosen instanceof HTMLElement) chosen.focus({ preventScroll: true });
  scrollTo({ top: Number(top), behavior: 'instant' });
}

for (const button of form.querySelectorAll('button')) {
  const words = button.textContent;
  const code = button.closest('figure')?.querySelector('code');
  button.addEventListener('click', async () => {
    if (!code) return;
    try {
      await navigator.clipboard.writeText(code.textContent ?? '');
    } catch {
      return getSelection()?.selectAllChildren(code); // not allowed here: the reader's own keys copy it
    }
    button.textContent = button.dataset.copied ?? '';
    setTimeout(() => (button.textContent = words), COPIED_MS);
  });
}

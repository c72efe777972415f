/** The page behind a request's link: what the server wrote is there at once; this brings it to life. */

import { Desk } from '../shared/desk.js';
import { dress } from '../shared/dom.js';
import { createTranslate } from '../shared/i18n.js';
import { pause } from '../shared/pause.js';
import { RequestView } from '../shared/request.js';
import { Keep } from '../panel/keep.js';

/** @type {{site: string, number: number, theme: import('../shared/dom.js').Theme, strings: import('../shared/i18n.js').Catalogue, choices: Record<string, string>, labels: Record<string, string>, files: import('../shared/file-field.js').Limits}} */
const config = JSON.parse(document.getElementById('config')?.textContent ?? '');
const AGAIN_MS = { first: 1_000, most: 60_000 };
const root = document.documentElement;
dress(config.theme);

const main = /** @type {HTMLElement} */ (document.querySelector('main'));
for (const time of main.querySelectorAll('time')) {
  const at = new Date(time.dateTime);
  if (!Number.isNaN(at.getTime())) time.textContent = at.toLocaleString(root.lang, { dateStyle: 'medium', timeStyle: 'short' });
}

const view = new RequestView();
Object.assign(view, {
  desk: new Desk(config.site),
  site: config.site,
  number: config.number,
  key: new URLSearchParams(location.search).get('key'),
  keep: new Keep(config.site),
  limits: config.files,
  reading: { t: createTranslate(config.strings, root.lang), named: createTranslate(config.choices, root.lang), locale: root.lang, labels: config.labels, unfolded: true, heading: 'h1' },
});

/** Until it is there the page reads as the server wrote it; then it is replaced by the same, alive. */
async function enliven() {
  const place = document.createElement('div');
  place.hidden = true;
  place.append(view);
  main.append(place);
  for (let wait = AGAIN_MS.first; ; wait = Math.min(wait * 2, AGAIN_MS.most)) {
    try {
      await view.load();
      main.replaceChildren(view);
      return;
    } catch {
      await pause(wait);
    }
  }
}

void enliven();

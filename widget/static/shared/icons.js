/** All icons: those that are there from the first, and what only later parts need. */

import { draw, icon as first } from './dom.js';

const LATER = {
  book: 'M12 6.5C10 5 7.3 4.5 3.5 4.5v13.5c3.8 0 6.5.5 8.5 2 2-1.5 4.7-2 8.5-2V4.5c-3.8 0-6.5.5-8.5 2zm0 0V20',
  chat: 'M12 4c-5 0-9 3.2-9 7.3 0 2.4 1.3 4.4 3.4 5.8L6 20.5l3.8-2.1c5.7.9 11.2-1.9 11.2-7.1C21 7.2 17 4 12 4z',
  checks: 'M2 12.5l4.5 4.5L15 8m-3.5 7.5L13 17l8.5-9',
  copy: 'M9 9h10a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H9a1 1 0 0 1-1-1V10a1 1 0 0 1 1-1zM5 15H4a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1h10a1 1 0 0 1 1 1v1',
  down: 'M12 5v14m-6-6l6 6 6-6',
  link: 'M14 5h5v5m0-5l-8 8M18 14v4a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h4',
  list: 'M8.5 6.5H20M8.5 12H20M8.5 17.5H20M4 6.5v.01M4 12v.01M4 17.5v.01',
  mail: 'M4.5 5.5h15a1 1 0 0 1 1 1v11a1 1 0 0 1-1 1h-15a1 1 0 0 1-1-1v-11a1 1 0 0 1 1-1zM4 7l8 6 8-6',
  phone: 'M6.5 3.5h2.3l1.7 4.3-2 1.7a12 12 0 0 0 6 6l1.7-2 4.3 1.7v2.3a2 2 0 0 1-2 2A15.5 15.5 0 0 1 4.5 5.5a2 2 0 0 1 2-2z',
  retry: 'M4 12a8 8 0 0 1 14-5.3L20 9m0-5v5h-5m5 3a8 8 0 0 1-14 5.3L4 15m0 5v-5h5',
  search: 'M17 11a6 6 0 1 1-12 0 6 6 0 0 1 12 0zM15.5 15.5L20 20',
  send: 'M12 19V5m-6.5 6.5L12 5l6.5 6.5',
  star: 'M12 3.6l2.6 5.3 5.8.8-4.2 4.1 1 5.8-5.2-2.8-5.2 2.8 1-5.8L3.6 9.7l5.8-.8z',
};

/** @typedef {keyof typeof LATER | import('./dom.js').IconName} IconName */

/**
 * A decorative icon in the colour of the text around it.
 *
 * @param {IconName} name
 */
export function icon(name) {
  return name in LATER ? draw(name, LATER[/** @type {keyof typeof LATER} */ (name)]) : first(/** @type {import('./dom.js').IconName} */ (name));
}

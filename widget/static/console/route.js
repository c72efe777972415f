/**
 * Which view an address names. Chats have no address of their own: what is gone tomorrow should not be in anyone's history.
 *
 * @import { View } from './state.js'
 */

import { readFilter, withFilter, writeFilter } from './tickets/filter.js';

const HELP_TABS = /** @type {const} */ (['waiting', 'approved', 'ratings', 'searches']);

/** @returns {View} */
export function readView() {
  const [, , section, site, number] = location.pathname.split('/');
  if (section === 'board') return { name: 'board', team: new URLSearchParams(location.search).get('team') ?? '' };
  if (section === 'help') return { name: 'help', tab: tabOf(site), site: new URLSearchParams(location.search).get('site') ?? '' };
  if (section !== 'tickets') return { name: 'chats' };
  if (site && Number(number) > 0) return { name: 'ticket', site: decodeURIComponent(site), number: Number(number) };
  return { name: 'tickets', filter: readFilter(location.search) };
}

/** @param {string | undefined} name */
function tabOf(name) {
  return HELP_TABS.find((tab) => tab === name) ?? 'waiting';
}

/** @param {View} view */
export function writeView(view) {
  const path = pathOf(view);
  if (path === location.pathname + location.search) return;
  history[isSameStep(view) ? 'replaceState' : 'pushState'](null, '', path);
}

/** Whether the way back would lead nowhere new: each letter of a search is no place of its own. @param {View} view */
function isSameStep(view) {
  const here = readView();
  if (view.name === 'board') return here.name === 'board';
  if (view.name !== 'tickets' || here.name !== 'tickets' || !here.filter.q || !view.filter.q) return false;
  return writeFilter(withFilter(here.filter, { q: '' })) === writeFilter(withFilter(view.filter, { q: '' }));
}

/** @param {View} view */
export function pathOf(view) {
  switch (view.name) {
    case 'chats':
      return '/console';
    case 'board':
      return `/console/board${view.team ? `?${new URLSearchParams({ team: view.team })}` : ''}`;
    case 'help':
      return `/console/help${view.tab === 'waiting' ? '' : `/${view.tab}`}${view.site ? `?${new URLSearchParams({ site: view.site })}` : ''}`;
    case 'ticket':
      return `/console/tickets/${encodeURIComponent(view.site)}/${view.number}`;
    case 'tickets': {
      const query = writeFilter(view.filter);
      return `/console/tickets${query ? `?${query}` : ''}`;
    }
  }
}

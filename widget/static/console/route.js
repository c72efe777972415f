/**
 * Which view an address names. Chats have no address of their own: what is gone tomorrow should not be in anyone's history.
 *
 * @import { View } from './state.js'
 */

/** @returns {View} */
export function readView() {
  const [, , section, site, number] = location.pathname.split('/');
  const query = new URLSearchParams(location.search);
  if (section === 'board') return { name: 'board', team: query.get('team') ?? '' };
  if (section !== 'tickets') return { name: 'chats' };
  if (site && Number(number) > 0) return { name: 'ticket', site: decodeURIComponent(site), number: Number(number) };
  return { name: 'tickets', status: query.get('status') ?? '', q: query.get('q') ?? '' };
}

/** @param {View} view */
export function writeView(view) {
  const path = pathOf(view);
  if (path === location.pathname + location.search) return;
  const samePage = view.name !== 'chats' && location.pathname === path.split('?')[0];
  history[samePage ? 'replaceState' : 'pushState'](null, '', path);
}

/** @param {View} view */
function pathOf(view) {
  switch (view.name) {
    case 'chats':
      return '/console';
    case 'board':
      return `/console/board${written({ team: view.team })}`;
    case 'ticket':
      return `/console/tickets/${encodeURIComponent(view.site)}/${view.number}`;
    case 'tickets':
      return `/console/tickets${written({ status: view.status, q: view.q })}`;
  }
}

/** @param {Record<string, string>} query */
function written(query) {
  const present = new URLSearchParams(Object.entries(query).filter(([, value]) => value));
  return present.size ? `?${present}` : '';
}

/**
 * Which view an address names. Chats have no address of their own: what is gone tomorrow should not be in anyone's history.
 *
 * @import { View } from './state.js'
 */

/** @returns {View} */
export function readView() {
  const [, , section, site, number] = location.pathname.split('/');
  if (section !== 'tickets') return { name: 'chats' };
  if (site && Number(number) > 0) return { name: 'ticket', site: decodeURIComponent(site), number: Number(number) };
  const query = new URLSearchParams(location.search);
  return { name: 'tickets', status: query.get('status') ?? '', q: query.get('q') ?? '' };
}

/** @param {View} view */
export function writeView(view) {
  const path = pathOf(view);
  if (path === location.pathname + location.search) return;
  const sameList = view.name === 'tickets' && location.pathname === '/console/tickets';
  history[sameList ? 'replaceState' : 'pushState'](null, '', path);
}

/** @param {View} view */
function pathOf(view) {
  if (view.name === 'chats') return '/console';
  if (view.name === 'ticket') return `/console/tickets/${encodeURIComponent(view.site)}/${view.number}`;
  const query = new URLSearchParams(Object.entries({ status: view.status, q: view.q }).filter(([, value]) => value));
  return `/console/tickets${query.size ? `?${query}` : ''}`;
}

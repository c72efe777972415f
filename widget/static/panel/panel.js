/** The panel's entry: the only module that knows both the socket and the store. */

import { claimsOf } from './context.js';
import { PROTOCOL } from '../shared/protocol.js';
import { dress } from '../shared/dom.js';
import { chooseLocale, createTranslate } from '../shared/i18n.js';
import { Socket } from '../shared/socket.js';
import { Panel, fetchAhead } from './app.js';
import { remember, tellHost } from './effects.js';
import { outstanding, passes, position, unread, untilItTurns } from './facts.js';
import { Host } from './host.js';
import { Keep, Siblings } from './keep.js';
import { INITIAL } from './model.js';
import { reduce } from './state.js';
import { Timers } from './timers.js';
import { createWishes } from './wishes.js';

/** @typedef {import('./model.js').State} State */

const TYPING_SHOWN_MS = 6_000;
const PEEK_HEIGHT_PX = 84;
const SPREAD_MS = 10_000; // everybody waits for the same minute
const PERSONAL = ['token', 'read', 'unsent', 'draft', 'form', 'ticket', 'include', 'file', 'screen', 'requests', 'access', 'replies', 'locale', 'votes', 'unoffered', 'comments'];
/** What the host page calls them. @type {Record<string, import('./model.js').Screen>} */
const SECTIONS = { home: 'home', chat: 'chat', request: 'ticket', ticket: 'ticket', requests: 'requests', contacts: 'contacts', help: 'help' };

/** @type {import('./context.js').Config} */
const config = JSON.parse(document.getElementById('config')?.textContent ?? '');
const root = document.documentElement;
const keep = new Keep(config.site);
const touch = matchMedia('(pointer: coarse)').matches;

/** @type {State} */
let state = INITIAL;
/** @type {{identity: string | null, page: import('./host.js').Page | null}} */
const visitor = { identity: null, page: null };
/** @type {import('./context.js').Context} */
const context = { config, locale: config.locale, t: createTranslate(config.strings[config.locale] ?? {}, config.locale), named: createTranslate(config.choices, config.locale), keep, prefill: {}, touch, identity: () => visitor.identity };
/** @type {object[]} what could not be sent and needs no acknowledgement */
let unsent = [];
let connected = false;
const timers = new Timers();

const url = new URL('/ws/visitor', location.href);
url.protocol = url.protocol.replace('http', 'ws');
url.searchParams.set('site', config.site);
const socket = new Socket(url.href, () => ({
  type: 'hello',
  protocol: PROTOCOL,
  resume: state.token ?? undefined,
  after: state.token ? position(state) : undefined,
  identity: visitor.identity ?? undefined,
  locale: context.locale,
  time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  page: visitor.page ?? undefined,
}));
const host = new Host(heardFromHost);
const siblings = new Siblings(config.site, () => state.token, join);

// ── the store ────────────────────────────────────────────────────────────────────────────────────────────────────

/** @param {import('./model.js').VisitorEvent | import('./model.js').Deed} event */
function dispatch(event) {
  const before = state;
  state = reduce(state, event);
  if (state === before || !connected) return;
  panel.render(state);
  remember(before, state, keep, !!visitor.identity);
  tellHost(before, state, host);
  context.sound?.hear(before, state);
  if (state.token && !before.token && before.start) siblings.announce(state.token);
  if (before.filing && before.phase === 'waiting' && state.phase === 'ended') sendOrKeep({ type: 'end' }); // a request instead of the line
  if (!state.open && before.chat && unread(state) > unread(before)) peek();
  see();
}

/** Another view has come up: with the words already typed, and the cursor in it. */
function viewed() {
  if (panel.dataset.view === 'ticket') void import('./words.js').then(({ typedWords }) => panel.prefill(typedWords(state, keep)));
  if (state.open && !touch) panel.focusInput();
  see();
  void fetchAhead(context).then(() => panel.render(state));
  void count();
}

/** What waits for the visitor, where they can see it. */
async function count() {
  if (panel.dataset.view !== 'form' || !state.open) return;
  dispatch({ type: 'counted', ...(await (await import('./menu.js')).lookAround(context)) });
}

/** The agent learns what was read only when it could be read: panel open, tab in front, newest line in view. */
function see() {
  const last = position(state) ?? 0;
  const looking = state.open && document.visibilityState === 'visible' && panel.atNewest;
  if (!looking || last <= state.read || state.phase === 'ended') return;
  if (socket.send({ type: 'see', seq: last })) dispatch({ type: 'read', seq: last });
}

// ── the service ──────────────────────────────────────────────────────────────────────────────────────────────────

socket.addEventListener('event', (event) => heardFromService(/** @type {CustomEvent} */ (event).detail));
socket.addEventListener('state', (event) => {
  const { state: link, name } = /** @type {CustomEvent<import('../shared/socket.js').SocketState>} */ (event).detail;
  dispatch({ type: 'linked', state: link, name });
  if (link === 'open') flush();
});
addEventListener('online', () => state.link === 'open' && flush()); // what was sent into a network that was gone may be lost on a socket that lives; a ref twice is harmless

/** @param {import('./model.js').VisitorEvent} event */
function heardFromService(event) {
  if (event.type === 'failed' && event.code === 'blocked') dispatch({ type: 'blocked', until: Date.now() + (event.retry_after_s ?? 0) * 1000 });
  else dispatch(event);
  if (event.type === 'failed' && event.code.startsWith('identity')) host.tell({ type: 'fault', code: event.code, message: event.message }); // for the console of the site's owner
  if (event.type === 'typing') timers.start('typing', TYPING_SHOWN_MS, () => dispatch({ type: 'stopped_typing' }));
  else if (event.type === 'failed' && event.code === 'blocked') lookAgainLater();
  else if (event.type === 'failed' && passes(event.code)) timers.start('again', Math.max(200, (event.retry_after_s ?? 1) * 1000), flush);
  else if (event.type === 'welcome' || event.type === 'ticket_offered') lookAgainLater();
  else if (event.type === 'started') flush(); // what was said meanwhile
  else if (event.type === 'notified') void count();
}

function lookAgainLater() {
  const wait = untilItTurns(state, Date.now());
  if (wait === null) timers.stop('desk');
  else timers.start('desk', wait + Math.random() * SPREAD_MS, () => state.phase === 'none' && reconnect());
}

function flush() {
  for (const command of outstanding(state)) socket.send(command);
  for (const command of unsent.splice(0)) socket.send(command);
  see();
}

/** @param {object} command */
function sendOrKeep(command) {
  if (!socket.send(command)) unsent.push(command);
}

/** Takes up the chat of this tab or of its siblings, then connects. */
async function connect() {
  if (connected) return;
  const token = keep.get('token') ?? (await siblings.ask());
  if (connected) return;
  connected = true;
  tellHost(INITIAL, state, host); // what was done before
  const words = keep.get('unsent');
  if (token) dispatch({ type: 'resumed', token });
  if (token) dispatch({ type: 'read', seq: keep.get('read') ?? 0 });
  else if (words?.start) dispatch({ type: 'asked', command: words.start, at: Date.now() });
  for (const line of words?.lines ?? []) dispatch({ type: 'wrote', line });
  if (words?.filing) dispatch({ type: 'filed', command: words.filing });
  if (state.filing?.type === 'post') void import('./filing.js').then(({ post }) => post(reach));
  go(keep.get('screen'));
  socket.start();
  panel.render(state);
}

/** @param {string} token another tab has started a chat while this one had none */
function join(token) {
  if (!connected || state.phase !== 'none') return;
  dispatch({ type: 'resumed', token });
  reconnect();
}

function reconnect() {
  if (!connected) return;
  socket.stop();
  socket.start();
}

// ── the host page ────────────────────────────────────────────────────────────────────────────────────────────────

/** @param {import('./host.js').FromHost} message */
function heardFromHost(message) {
  switch (message.type) {
    case 'init':
      if (message.reset) keep.forget(...PERSONAL); // the chat itself ends with its grace
      Object.assign(visitor, { identity: message.identity, page: message.page });
      Object.assign(context.prefill, message.prefill);
      spoken(message.locale);
      host.tell({ type: 'ready' });
      if (message.open) show(message.section);
      else if (keep.get('token')) connect();
      break;
    case 'show':
      show(message.section);
      break;
    case 'hide':
      dispatch({ type: 'shown', open: false });
      break;
    case 'identify':
      if (message.token === visitor.identity) return;
      visitor.identity = message.token;
      keep.forget('access');
      panel.prefill(claimsOf(message.token));
      reconnect();
      void count();
      break;
    case 'prefill':
      Object.assign(context.prefill, message.fields);
      panel.prefill(message.fields);
      break;
    case 'locale':
      if (message.locale !== keep.get('locale')) keep.forget('locale');
      speak(message.locale);
      break;
    case 'visit':
      visitor.page = message.page;
      socket.send({ type: 'visit', ...message.page });
      break;
    case 'reset':
      reset();
      break;
  }
}

/** @param {string | null} section */
function show(section) {
  unpeek();
  dispatch({ type: 'shown', open: true });
  if (go(section)) keep.set('screen', section === 'chat' ? null : section);
  connect();
  lookAgainLater();
  void count();
  if (connected && !touch) panel.focusInput();
  see();
}

/** @param {string | null} section like `chat`, `requests/1042` or `help/refunds` @returns {boolean} whether there is such a section */
function go(section) {
  const [name = '', of = ''] = section?.split('/') ?? [];
  const screen = SECTIONS[name];
  const reading = (screen === 'help' ? of : Number(of)) || undefined;
  if (screen && (screen !== state.screen || reading)) dispatch({ type: 'went', screen, reading });
  return !!screen;
}

/** The agent's words over the closed bubble. */
function peek() {
  panel.showPeek(state);
  root.dataset.peek = '';
  host.tell({ type: 'peek', height: PEEK_HEIGHT_PX });
}

function unpeek() {
  delete root.dataset.peek;
  host.tell({ type: 'peek', height: 0 });
}

/** Words of one language only are in the page. @param {string} tag BCP 47; one the site does not have changes nothing */
function speak(tag) {
  const locale = chooseLocale(tag, config.locales);
  if (!locale || locale === context.locale) return;
  const there = new URL(location.href);
  there.searchParams.set('locale', locale);
  location.replace(there);
}

/** What the visitor has chosen goes before what the page says, as long as the tab lives. @param {string | null} wanted by the page */
function spoken(wanted) {
  const chosen = keep.get('locale');
  if (chosen && chosen !== wanted) host.tell({ type: 'spoken', detail: chosen });
  speak(chosen ?? wanted ?? '');
}

/** Somebody else will sit here: the chat ends and the tab forgets. */
function reset() {
  socket.send({ type: 'end' });
  keep.forget(...PERSONAL);
  socket.stop();
  host.tell({ type: 'gone' });
}

speak(keep.get('locale') ?? '');
dress(config.theme);
const panel = new Panel();
panel.context = context;
panel.addEventListener('view', viewed);
document.body.append(panel);

const reach = { context, state: () => state, dispatch, send: (/** @type {object} */ command) => socket.send(command) };
const grant = createWishes({ ...reach, timers, sendOrKeep, reconnect, unpeek, confirmEnd: () => panel.confirmEnd(), host, spoken });
document.addEventListener('wish', (event) => grant(/** @type {CustomEvent<import('./context.js').Wish>} */ (event).detail));
for (const verb of /** @type {const} */ (['retry', 'discard'])) document.addEventListener(verb, (event) => grant({ do: verb, ref: /** @type {CustomEvent} */ (event).detail.ref }));
document.addEventListener('reach', see);
document.addEventListener('visibilitychange', see);
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && !event.defaultPrevented && !panel.asking) host.tell({ type: 'close' });
});
if (host.absent) show(null);

/** The panel's entry: the only module that knows both the socket and the store. */

import { PROTOCOL } from '../shared/protocol.js';
import { createTranslate } from '../shared/i18n.js';
import { newRef } from '../shared/pending.js';
import { Socket } from '../shared/socket.js';
import { Panel, fetchAhead } from './app.js';
import { Host } from './host.js';
import { Keep, Siblings } from './keep.js';
import { INITIAL, outstanding, passes, position, reduce, unread } from './state.js';
import { transcript, typedWords } from './words.js';

/** @typedef {import('./state.js').State} State */

const TYPING_SHOWN_MS = 6_000;
const TYPING_SENT_EVERY_MS = 2_500;
const DRAFT_SENT_EVERY_MS = 600;
const PEEK_HEIGHT_PX = 84;
const PERSONAL = ['token', 'read', 'unsent', 'draft', 'form', 'ticket', 'include'];

/** @type {import('./context.js').Config} */
const config = JSON.parse(document.getElementById('config')?.textContent ?? '');
const root = document.documentElement;
const keep = new Keep(config.site);
const touch = matchMedia('(pointer: coarse)').matches;

/** @type {State} */
let state = INITIAL;
/** @type {Panel} */
let panel;
/** @type {import('./context.js').Context} */
const context = { config, locale: config.locale, t: createTranslate(config.strings[config.locale] ?? {}, config.locale), keep, prefill: {}, touch };
/** @type {{identity: string | null, page: import('./host.js').Page | null}} */
const visitor = { identity: null, page: null };
/** @type {object[]} what could not be sent and needs no acknowledgement */
let unsent = [];
let connected = false;
let typedAt = 0;
/** @type {Record<string, ReturnType<typeof setTimeout>>} */
const timers = {};

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

/** @param {import('./state.js').VisitorEvent | import('./state.js').Deed} event */
function dispatch(event) {
  const before = state;
  state = reduce(state, event);
  if (event.type === 'typing') later('typing', TYPING_SHOWN_MS, () => dispatch({ type: 'stopped_typing' }));
  if (event.type === 'failed' && passes(event.code)) later('again', Math.max(200, (event.retry_after_s ?? 1) * 1000), flush);
  if (state === before || !connected) return;
  panel.render(state);
  remember(before);
  tellHost(before);
  see();
}

/** Another view has come up: with the words already typed, and the cursor in it. */
function viewed() {
  panel.prefill(typedWords(state, keep));
  if (state.open && !touch) panel.focusInput();
  see();
  fetchAhead();
}

/** @param {State} before */
function remember(before) {
  if (state.token !== before.token) keep.set('token', state.token);
  if (state.read !== before.read) keep.set('read', state.read || null);
  if (state.token && !before.token && before.start) {
    siblings.announce(state.token);
    keep.set('form', { ...keep.get('form'), question: '' });
  }
  if (state.pending !== before.pending || state.start !== before.start || state.filing !== before.filing) {
    const { start, filing, pending } = state;
    keep.set('unsent', start || filing || pending.lines.length ? { start, filing, lines: pending.lines } : null);
  }
  if (state.ticket !== before.ticket && state.screen === 'left') keep.forget('ticket', 'include');
}

/** @param {State} before */
function tellHost(before) {
  const live = state.phase === 'waiting' || state.phase === 'active';
  const wasLive = before.phase === 'waiting' || before.phase === 'active';
  if (state.availability && state.availability !== before.availability) host.tell({ type: 'status', detail: state.availability });
  if (before.start && !state.start && live) host.tell({ type: 'chat_started' });
  if (live !== wasLive) host.tell({ type: 'running', detail: live });
  if (wasLive && state.phase === 'ended') host.tell({ type: 'chat_ended', detail: state.endedBy });
  if (state.ticket && state.ticket !== before.ticket) host.tell({ type: 'ticket_left', detail: state.ticket.number });
  const count = unread(state);
  if (count !== unread(before)) host.tell({ type: 'unread', detail: count });
  if (!state.open && count > unread(before) && before.chat) {
    panel.showPeek(state);
    root.dataset.peek = '';
    host.tell({ type: 'peek', height: PEEK_HEIGHT_PX });
  }
}

/** The agent learns what was read only when it could be read: panel open, tab in front, newest line in view. */
function see() {
  const last = position(state) ?? 0;
  const looking = state.open && document.visibilityState === 'visible' && panel.atNewest;
  if (!looking || last <= state.read || state.phase === 'ended') return;
  if (socket.send({ type: 'see', seq: last })) dispatch({ type: 'read', seq: last });
}

// ── the service ──────────────────────────────────────────────────────────────────────────────────────────────────

socket.addEventListener('event', (event) => dispatch(/** @type {CustomEvent} */ (event).detail));
socket.addEventListener('state', (event) => {
  const { state: link, name } = /** @type {CustomEvent<import('../shared/socket.js').SocketState>} */ (event).detail;
  dispatch({ type: 'linked', state: link, name });
  if (link === 'open') flush();
});

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
  const words = keep.get('unsent');
  if (token) dispatch({ type: 'resumed', token });
  if (token) dispatch({ type: 'read', seq: keep.get('read') ?? 0 });
  else if (words?.start) dispatch({ type: 'asked', command: words.start, at: Date.now() });
  for (const line of words?.lines ?? []) dispatch({ type: 'wrote', line });
  if (words?.filing) dispatch({ type: 'filed', command: words.filing });
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

// ── the visitor ──────────────────────────────────────────────────────────────────────────────────────────────────

/** @type {{[Name in import('./context.js').Wish['do']]: (wish: Extract<import('./context.js').Wish, {do: Name}>) => void}} */
const WISHES = {
  start({ fields: { question = '', ...person } }) {
    /** @type {import('./state.js').Start} */
    const command = { type: 'start', ref: newRef(), question, ...person };
    dispatch({ type: 'asked', command, at: Date.now() });
    socket.send(command);
  },
  say({ text }) {
    const line = { ref: newRef(), text, at: Date.now() };
    clearTimeout(timers.draft);
    delete timers.draft;
    dispatch({ type: 'wrote', line });
    if (state.phase !== 'starting' && !timers.again) socket.send({ type: 'say', ref: line.ref, text }); // else it goes after those before it
  },
  typing({ draft }) {
    if (timers.draft || (!draft && !config.sneak_peek)) return;
    const wait = typedAt + (config.sneak_peek ? DRAFT_SENT_EVERY_MS : TYPING_SENT_EVERY_MS) - Date.now();
    later('draft', Math.max(0, wait), () => {
      typedAt = Date.now();
      if (state.phase === 'active' || state.phase === 'waiting') socket.send({ type: 'typing', draft: config.sneak_peek ? (keep.get('draft') ?? '') : undefined });
    });
  },
  leave() {
    if (state.phase === 'active') panel.confirmEnd();
    else WISHES.end({ do: 'end' });
  },
  end() {
    if (state.phase === 'starting') dispatch({ type: 'cleared' });
    sendOrKeep({ type: 'end' });
  },
  rate({ score }) {
    sendOrKeep({ type: 'rate', score });
    dispatch({ type: 'scored', score });
  },
  file({ fields, include }) {
    const live = state.phase === 'waiting' || state.phase === 'active';
    const body = include && !live ? `${fields.body}\n\n${transcript(state, context)}` : fields.body;
    /** @type {any} */
    const command = { type: 'leave_ticket', ref: newRef(), ...fields, body, include_chat: include && live };
    dispatch({ type: 'filed', command });
    socket.send(command);
  },
  go: ({ screen }) => dispatch({ type: 'went', screen }),
  wait: () => dispatch({ type: 'kept_waiting' }),
  restart() {
    keep.forget('token', 'read', 'unsent', 'draft', 'ticket', 'include');
    dispatch({ type: 'cleared' });
  },
  close: () => host.tell({ type: 'close' }),
  open: () => host.tell({ type: 'open' }),
  dismiss: () => unpeek(),
  connect: reconnect,
};

// ── the host page ────────────────────────────────────────────────────────────────────────────────────────────────

/** @param {import('./host.js').FromHost} message */
function heardFromHost(message) {
  switch (message.type) {
    case 'init':
      if (message.reset) keep.forget(...PERSONAL); // the chat itself ends with its grace
      Object.assign(visitor, { identity: message.identity, page: message.page });
      Object.assign(context.prefill, message.prefill);
      if (message.locale) setLocale(message.locale);
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
      reconnect();
      break;
    case 'prefill':
      Object.assign(context.prefill, message.fields);
      panel.prefill(message.fields);
      break;
    case 'locale':
      setLocale(message.locale);
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
  if (section === 'request' || section === 'ticket') dispatch({ type: 'went', screen: 'ticket' });
  connect();
  if (connected && !touch) panel.focusInput();
  see();
}

function unpeek() {
  delete root.dataset.peek;
  host.tell({ type: 'peek', height: 0 });
}

/** Somebody else will sit here: the chat ends and the tab forgets. */
function reset() {
  socket.send({ type: 'end' });
  keep.forget(...PERSONAL);
  socket.stop();
  host.tell({ type: 'gone' });
}

/** @param {string} tag BCP 47; a language the site does not have changes nothing */
function setLocale(tag) {
  const locale = config.locales.find((known) => known.toLowerCase() === tag.toLowerCase()) ?? config.locales.find((known) => known.split('-')[0] === tag.toLowerCase().split('-')[0]);
  if (!locale || locale === context.locale) return;
  location.replace(`?locale=${encodeURIComponent(locale)}`); // words of one language only are in the page
}

function build() {
  panel = new Panel();
  panel.context = context;
  root.lang = context.locale;
  root.dir = ['ar', 'he', 'fa', 'ur'].includes(context.locale.split('-')[0] ?? '') ? 'rtl' : 'ltr';
  panel.addEventListener('view', viewed);
  document.body.append(panel);
}

/** @param {string} name @param {number} ms @param {() => void} then */
function later(name, ms, then) {
  clearTimeout(timers[name]);
  timers[name] = setTimeout(() => {
    delete timers[name];
    then();
  }, ms);
}

root.dataset.mode = config.theme.mode;
root.style.setProperty('--accent', config.theme.accent);
root.style.setProperty('--accent-text', config.theme.accent_text);
build();

document.addEventListener('wish', (event) => {
  const wish = /** @type {CustomEvent<import('./context.js').Wish>} */ (event).detail;
  /** @type {(wish: any) => void} */ (WISHES[wish.do])(wish);
});
document.addEventListener('retry', (event) => {
  const { ref } = /** @type {CustomEvent} */ (event).detail;
  dispatch({ type: 'retried', ref });
  const line = state.pending.lines.find((one) => one.ref === ref);
  if (line) socket.send({ type: 'say', ref, text: line.text });
});
document.addEventListener('discard', (event) => dispatch({ type: 'discarded', ref: /** @type {CustomEvent} */ (event).detail.ref }));
document.addEventListener('reach', see);
document.addEventListener('visibilitychange', see);
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && !event.defaultPrevented && !panel.asking) host.tell({ type: 'close' });
});
if (host.absent) show(null);

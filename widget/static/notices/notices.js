/**
 * The unseen page that waits for what support has to tell an identified visitor, and shows it when the host page has put
 * it up. The service's list is the truth and is read again whenever something may have changed; `notified` only comes sooner.
 */

import { claimsOf } from '../panel/context.js';
import { Host } from '../panel/host.js';
import { dress } from '../shared/dom.js';
import { createTranslate } from '../shared/i18n.js';
import { Socket } from '../shared/socket.js';
import { NoticeCard } from './card.js';
import { added, dealt, EMPTY, listed, place } from './queue.js';

/**
 * @typedef {{type: 'init', identity: string, reading: number | null} | {type: 'identify', token: string} | {type: 'shown'} | {type: 'later'} | {type: 'closed'} | {type: 'reading', number: number | null}} In
 * @typedef {{type: 'show', label: string} | {type: 'hide'} | {type: 'size', height: number} | {type: 'view', number: number} | {type: 'notified', detail: {number: number, kind: string}} | {type: 'fault', code: string, message: string}} Out
 */

const LATER_MIN = 60;
const SOONEST_MS = 30_000; // clocks differ
const LONGEST_TIMER_MS = 2 ** 31 - 1;

const config = JSON.parse(document.getElementById('config')?.textContent ?? '{}');
const path = `/api/sites/${encodeURIComponent(config.site)}/notifications`;
const card = new NoticeCard();

/** @type {string | null} */ let identity = null;
let queue = EMPTY;
let looks = 0;
let aside = false; // the visitor has gone to a request; the rest waits until they are back
/** @type {number | null} the request they see in the panel */ let reading = null;
let up = false;
/** @type {ReturnType<typeof setTimeout> | undefined} */ let timer;
/** @type {Map<string, number>} put off by id, until when: the service may not have heard of it */ const resting = new Map();
/** @type {Set<string>} what the host page was told of */ const told = new Set();

/** @type {Host<In, Out>} */
const host = new Host(heardFromHost);
const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(`mayfly-notices:${config.site}`) : null;
const socket = new Socket(`${location.origin.replace('http', 'ws')}/ws/visitor?site=${encodeURIComponent(config.site)}`, () => ({
  type: 'hello',
  protocol: 1,
  identity,
  locale: config.locale,
  time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
}));

// ── the service ──────────────────────────────────────────────────────────────────────────────────────────────────

/** @param {'GET' | 'POST' | 'DELETE'} method @param {string} [rest] @param {object} [body] @returns {Promise<Response | null>} */
async function ask(method, rest = '', body) {
  const headers = { Authorization: `Bearer ${identity}`, ...(body && { 'Content-Type': 'application/json' }) };
  try {
    return await fetch(path + rest, { method, headers, body: body && JSON.stringify(body) });
  } catch {
    return null;
  }
}

/** Reads the list. What was asked for before something changed is not listened to any more. */
async function look() {
  const turn = (looks += 1);
  const answer = await ask('GET');
  const due = answer?.ok ? await answer.json().catch(() => null) : null;
  if (turn !== looks || !due) return;
  const before = queue;
  queue = listed(queue, due.notifications.filter(shown));
  render();
  if (before.waiting.some(({ id }) => !due.notifications.some((/** @type {{id: string}} */ one) => one.id === id))) channel?.postMessage('dealt');
  wake(due.next_at);
}

/** @param {{id: string, number: number}} notice */
function shown({ id, number }) {
  return number !== reading && (resting.get(id) ?? 0) <= Date.now();
}

/** Looks again when the next one that was put off comes back. @param {string | null} next */
function wake(next) {
  clearTimeout(timer);
  const known = [...resting.values()].filter((until) => until > Date.now());
  const at = Math.min(...(next ? [Date.parse(next)] : []), ...known);
  if (Number.isFinite(at)) timer = setTimeout(look, Math.min(Math.max(SOONEST_MS, at - Date.now() + 1000), LONGEST_TIMER_MS));
}

socket.addEventListener('event', (event) => {
  const { type, id, number, kind, subject, text, code, message } = /** @type {CustomEvent} */ (event).detail;
  if (type === 'failed') host.tell({ type: 'fault', code, message });
  if (type !== 'notified') return;
  if (number !== reading) queue = added(queue, { id, number, kind, subject, text });
  render();
  void look();
});
socket.addEventListener('state', (event) => {
  const { state, name } = /** @type {CustomEvent} */ (event).detail;
  if (state === 'open' || (state === 'closed' && name && name !== 'not_signed_in')) void look();
});
document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && identity && look());
channel?.addEventListener('message', () => identity && look());

// ── the visitor ──────────────────────────────────────────────────────────────────────────────────────────────────

card.addEventListener('answer', (event) => answer(/** @type {CustomEvent<import('./card.js').Answer>} */ (event).detail));

/** @param {import('./card.js').Answer} choice */
function answer(choice) {
  const notice = queue.waiting[0];
  if (!notice || !up) return;
  if (choice === 'delete') return void drop(notice.id);
  if (choice === 'view') {
    aside = true;
    queue = dealt(queue, notice.id);
    up = false;
    return host.tell({ type: 'view', number: notice.number });
  }
  resting.set(notice.id, Date.now() + LATER_MIN * 60_000);
  void putOff(notice.id);
  over(notice.id);
}

/** @param {string} id */
async function putOff(id) {
  const answer = await ask('POST', `/${id}/snooze`, { minutes: LATER_MIN });
  if (answer?.ok || answer?.status === 404) changed();
  else wake(null); // this page keeps to it by itself, the next visit tells at once
}

/** @param {string} id */
async function drop(id) {
  card.busy = true;
  const answer = await ask('DELETE', `/${id}`);
  card.busy = false;
  if (answer?.ok || answer?.status === 404) {
    over(id);
    changed();
  } else if (queue.waiting[0]?.id === id) card.fail(answer === null ? 'offline' : answer.status === 401 ? 'expired' : 'failed');
}

/** @param {string} id */
function over(id) {
  queue = dealt(queue, id);
  render();
}

function changed() {
  channel?.postMessage('dealt');
  void look();
}

function render() {
  const notice = aside ? undefined : queue.waiting[0];
  if (notice) {
    card.render(notice, place(queue));
    up = true;
    host.tell({ type: 'show', label: card.label(notice) });
    if (told.has(notice.id)) return;
    told.add(notice.id);
    host.tell({ type: 'notified', detail: { number: notice.number, kind: notice.kind } });
  } else if (up) {
    up = false;
    host.tell({ type: 'hide' });
  }
}

// ── the host page ────────────────────────────────────────────────────────────────────────────────────────────────

/** @param {In} message */
function heardFromHost(message) {
  switch (message.type) {
    case 'init':
      reading = message.reading;
      connect(message.identity);
      break;
    case 'identify':
      if (message.token !== identity) connect(message.token);
      break;
    case 'shown':
      measure();
      card.take();
      break;
    case 'later':
      answer('later');
      break;
    case 'closed':
      if (!aside) return;
      aside = false;
      void look();
      break;
    case 'reading':
      reading = message.number;
      queue = queue.waiting.filter(({ number }) => number === reading).reduce((left, { id }) => dealt(left, id), queue);
      render();
      if (reading === null) void look();
      break;
  }
}

/** @param {string} token */
function connect(token) {
  if (identity && claimsOf(token).sub !== claimsOf(identity).sub) forget();
  identity = token;
  socket.stop();
  socket.start();
}

/** Somebody else is here: nothing that was told, or is on its way, is for them. */
function forget() {
  looks += 1;
  clearTimeout(timer);
  queue = EMPTY;
  reading = null;
  card.busy = false;
  resting.clear();
  told.clear();
  render();
}

function measure() {
  const { height } = card.getBoundingClientRect();
  if (height > 0) host.tell({ type: 'size', height: Math.ceil(height) });
}

dress(config.theme);
card.t = createTranslate(config.strings, config.locale);
card.title = config.title;
document.body.append(card);
new ResizeObserver(measure).observe(card);

/** Moments and promises in words, by the visitor's own calendar and clock. */

import { h, icon } from '../shared/dom.js';
import { moment } from '../shared/moments.js';

/** @typedef {import('./context.js').Context} Context */

const QUARTER_MS = 15 * 60_000;

/**
 * `2h-4h` as "2–4 working hours".
 *
 * @param {string} text
 * @param {boolean} working the hours in which the desk is open
 * @param {import('../shared/i18n.js').Translate} t
 */
function span(text, working, t) {
  const [, least, unit, most = least, last = unit] = /^(\d+)([mh])(?:-(\d+)([mh]))?$/.exec(text) ?? [];
  if (!least || !last) return text;
  const range = unit === last && least !== most ? `${least}–${most}` : `${most}`;
  return t(`chat.within.${last === 'h' && working ? 'working' : last}`, { count: Number(most), range });
}

/**
 * When the visitor gets a reply, or nothing where nothing is promised. The latest moment is told where it cannot be
 * guessed: when the desk is closed, or closes before it.
 *
 * @param {import('./model.js').State} state
 * @param {Context} context
 * @param {number} now
 */
function promise({ availability, closesAt, replyWithin, replyBy }, context, now) {
  const { t } = context;
  const latest = replyBy ? new Date(Math.ceil(Date.parse(replyBy) / QUARTER_MS) * QUARTER_MS) : null;
  const within = replyWithin && span(replyWithin, availability === 'closed' || !!closesAt, t);
  const by = latest && (!within || availability === 'closed' || (closesAt && latest > new Date(closesAt))) ? moment(latest, context, now) : null;
  if (within) return { text: by ? t('chat.reply.both', { within, ...by }) : t('chat.reply.within', { within }), exact: by?.exact };
  return by && { text: t('chat.reply.by', by), exact: by.exact };
}

/**
 * When the desk opens, when a chat is possible again, when a request is answered: one line each, as far as it is known.
 *
 * @param {import('./model.js').State} state
 * @param {Context} context
 * @param {boolean} [requests] whether a request can be left
 */
export function prospects(state, context, requests = true) {
  const { t } = context;
  const now = Date.now();
  const opens = state.availability === 'closed' && state.reopensAt ? moment(state.reopensAt, context, now) : null;
  const again = state.offer === 'blocked' && state.blockedUntil ? moment(state.blockedUntil, context, now) : null;
  const reply = requests ? promise(state, context, now) : null;
  return h(
    'ul',
    { class: 'prospects' },
    opens && h('li', { title: opens.exact }, icon('clock'), t('chat.opens', opens)),
    again && h('li', { title: again.exact }, icon('clock'), t('chat.again', again)),
    reply && h('li', { title: reply.exact }, icon('ticket'), reply.text),
  );
}

/**
 * The estimated wait in round words.
 *
 * @param {number} seconds
 * @param {import('../shared/i18n.js').Translate} t
 */
export function about(seconds, t) {
  const minutes = Math.ceil(seconds / 60);
  if (seconds <= 45) return t('chat.wait.soon');
  return minutes > 60 ? t('chat.wait.long') : t('chat.wait', { count: minutes > 10 ? Math.ceil(minutes / 5) * 5 : minutes });
}

/**
 * What is promised for a request that is filed: how long it takes and the latest moment, both where both are known.
 *
 * @param {import('./model.js').State} state
 * @param {Context} context
 */
export function promised(state, context) {
  const { t } = context;
  const now = Date.now();
  const by = state.replyBy ? moment(Math.ceil(Date.parse(state.replyBy) / QUARTER_MS) * QUARTER_MS, context, now) : null;
  if (!by) return promise(state, context, now);
  const within = state.replyWithin && span(state.replyWithin, state.availability === 'closed' || !!state.closesAt, t);
  return { text: within ? t('ticket.promise.both', { within, ...by }) : t('ticket.promise.by', by), exact: by.exact };
}

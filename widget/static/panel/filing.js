/** How a request gets to the service: with a chat that lives by its socket, else by HTTP, which needs no Redis. */

import { formatTime } from '../shared/i18n.js';
import { Desk, Problem } from '../shared/desk.js';
import { pause } from '../shared/pause.js';
import { newRef } from '../shared/pending.js';
import { spoken } from './facts.js';

const AGAIN_MS = { first: 1_000, most: 30_000 };

/**
 * @typedef {object} Reach
 * @property {import('./context.js').Context} context
 * @property {() => import('./model.js').State} state
 * @property {(event: any) => void} dispatch
 * @property {(command: object) => boolean} send
 */

/**
 * @param {Extract<import('./context.js').Wish, {do: 'file'}>} wish
 * @param {Reach} reach
 */
export function file({ fields: given, file, include }, reach) {
  const { context, state, dispatch, send } = reach;
  const live = state().phase === 'waiting' || state().phase === 'active';
  /** @type {Record<string, string>} */
  const fields = {};
  /** @type {Record<string, any>} */
  const form = { ref: newRef(), fields, ...(file && { file }) };
  for (const [name, value] of Object.entries(given)) {
    const own = name.startsWith('fields.');
    (own ? fields : form)[own ? name.slice(7) : name] = value;
  }
  if (live) {
    const command = { type: 'leave_ticket', ...form, include_chat: include };
    dispatch({ type: 'filed', command });
    send(command);
    return;
  }
  if (include) form.body = `${form.body}\n\n${transcript(state(), context)}`;
  Object.assign(form, { locale: context.locale, time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone });
  dispatch({ type: 'filed', command: { type: 'post', ref: form.ref, form } });
  void post(reach);
}

/**
 * Posts what is filed until the service has answered; its `ref` makes a second time harmless.
 *
 * @param {Reach} reach
 */
export async function post({ context, state, dispatch }) {
  const { filing } = state();
  if (filing?.type !== 'post') return;
  const { identity, keep } = context;
  const desk = new Desk(context.config.site, () => identity() ?? keep.get('access')?.token ?? null);
  for (let wait = AGAIN_MS.first; state().filing === filing; wait = Math.min(wait * 2, AGAIN_MS.most)) {
    try {
      const { number, link, reply_within, reply_by } = await desk.file(filing.form);
      if (state().filing === filing) dispatch({ type: 'posted', ref: filing.ref, number, link, reply_within: reply_within ?? undefined, reply_by: reply_by ?? undefined });
      return;
    } catch (fault) {
      const { code, faults, told, passes } = fault instanceof Problem ? fault : new Problem('internal');
      if (code.startsWith('identity_') && !identity() && keep.get('access')) {
        keep.forget('access'); // the day of the mailed code is over; a request needs none
        continue;
      }
      if (!passes) {
        dispatch({ type: 'failed', ref: filing.ref, code, told, errors: Object.entries(faults).map(([field, message]) => ({ field, message })) });
        return;
      }
      dispatch({ type: 'put_off' });
      await pause(wait);
    }
  }
}

/**
 * The tab's own copy, for a request left after the service has erased its one.
 *
 * @param {import('./model.js').State} state
 * @param {import('./context.js').Context} context
 */
function transcript(state, { t, locale }) {
  const lines = spoken(state).map(({ author, name, text, at }) => `${author === 'visitor' ? t('chat.you') : (name ?? t('chat.agent'))} (${formatTime(at, locale)}): ${text}`);
  return [`— ${t('ticket.transcript')} —`, ...lines].join('\n');
}

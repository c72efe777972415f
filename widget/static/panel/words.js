/** The visitor's own words, as the request form takes them. */

import { formatTime } from '../shared/i18n.js';
import { answered, spoken } from './facts.js';

/**
 * What was typed and no agent has answered yet, for the request form.
 *
 * @param {import('./model.js').State} state
 * @param {import('./keep.js').Keep} keep
 * @returns {{subject: string, body: string}}
 */
export function typedWords(state, keep) {
  const draft = keep.get('draft') ?? '';
  const said = [...spoken(state), ...state.pending.lines].map(({ text }) => text);
  const body = answered(state) ? draft : [...(said.length ? said : [keep.get('form')?.question]), draft].filter(Boolean).join('\n');
  return { subject: state.question?.text || body, body };
}

/**
 * The tab's own copy, for a request left after the service has erased its one.
 *
 * @param {import('./model.js').State} state
 * @param {import('./context.js').Context} context
 */
export function transcript(state, { t, locale }) {
  const lines = spoken(state).map(({ author, name, text, at }) => `${author === 'visitor' ? t('chat.you') : (name ?? t('chat.agent'))} (${formatTime(at, locale)}): ${text}`);
  return [`— ${t('ticket.transcript')} —`, ...lines].join('\n');
}

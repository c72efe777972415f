/** The visitor's own words, as the request form takes them. */

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

/** On from an article or a search that did not help: to a person, with the words taken along. */

import { h } from '../shared/dom.js';
import { icon } from '../shared/icons.js';
import { ask } from './context.js';
import { offers, startable } from './facts.js';

/**
 * @param {import('./model.js').State} state
 * @param {import('./context.js').Context} context
 * @param {string} words what the visitor has looked for
 * @param {() => void} [chosen]
 */
export function ways(state, { t, keep }, words, chosen) {
  const box = h('div', { class: 'row' });
  const live = state.phase !== 'none' && state.phase !== 'ended';
  /** @param {'chat' | 'home' | 'ticket'} screen @param {string} look @param {import('../shared/icons.js').IconName} sign @param {string} label */
  const way = (screen, look, sign, label) => {
    const go = () => {
      chosen?.();
      take(screen, words, keep);
      ask(box, { do: 'go', screen });
    };
    return h('button', { class: `button small ${look}`, type: 'button', onclick: go }, icon(sign), t(label));
  };
  box.append(
    ...(live ? [way('chat', 'primary', 'chat', 'panel.back')] : state.phase === 'none' && startable(state) ? [way('home', 'primary', 'chat', 'panel.start')] : []),
    ...(offers(state, 'form') ? [way('ticket', '', 'ticket', 'ticket.title')] : []),
  );
  return box;
}

/**
 * Into the field where they belong, if nothing stands there.
 *
 * @param {'chat' | 'home' | 'ticket'} screen
 * @param {string} words
 * @param {import('./keep.js').Keep} keep
 */
function take(screen, words, keep) {
  if (screen === 'chat') return void (keep.get('draft') || keep.set('draft', words || null));
  const [form, field] = screen === 'home' ? ['form', 'question'] : ['ticket', 'subject'];
  const draft = keep.get(form) ?? {};
  if (words && !draft[field]) keep.set(form, { ...draft, [field]: words });
}

/** What the visitor may wish for in a chat, and what then happens. */

import { newRef } from '../shared/pending.js';

const TYPING_SENT_EVERY_MS = 2_500;
const DRAFT_SENT_EVERY_MS = 600;

/** @typedef {import('./context.js').Wish} Wish */
/** @typedef {'say' | 'retry' | 'discard' | 'typing' | 'rate'} Talking */

/**
 * @param {Parameters<typeof import('./wishes.js').createWishes>[0]} reach
 * @returns {(wish: Extract<Wish, {do: Talking}>) => void}
 */
export function createTalking({ context, state, dispatch, timers, send, sendOrKeep }) {
  const { config, keep } = context;
  let typedAt = 0;

  /** @type {{[Name in Talking]: (wish: Extract<Wish, {do: Name}>) => void}} */
  const WISHES = {
    say({ text }) {
      const line = { ref: newRef(), text, at: Date.now() };
      timers.stop('draft');
      dispatch({ type: 'wrote', line });
      if (state().phase !== 'starting' && !timers.runs('again')) send({ type: 'say', ref: line.ref, text }); // else it goes after those before it
    },
    retry({ ref }) {
      dispatch({ type: 'retried', ref });
      const line = state().pending.lines.find((one) => one.ref === ref);
      if (line) send({ type: 'say', ref, text: line.text });
    },
    discard: ({ ref }) => dispatch({ type: 'discarded', ref }),
    typing({ draft }) {
      if (timers.runs('draft') || (!draft && !config.sneak_peek)) return;
      const wait = typedAt + (config.sneak_peek ? DRAFT_SENT_EVERY_MS : TYPING_SENT_EVERY_MS) - Date.now();
      timers.start('draft', wait, () => {
        typedAt = Date.now();
        if (state().phase === 'active' || state().phase === 'waiting') send({ type: 'typing', draft: config.sneak_peek ? (keep.get('draft') ?? '') : undefined });
      });
    },
    rate({ score }) {
      sendOrKeep({ type: 'rate', score });
      dispatch({ type: 'scored', score });
    },
  };

  return (wish) => /** @type {(wish: any) => void} */ (WISHES[wish.do])(wish);
}

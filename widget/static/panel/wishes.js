/** What the visitor may wish for, and what then happens. */

import { newRef } from '../shared/pending.js';

const TYPING_SENT_EVERY_MS = 2_500;
const DRAFT_SENT_EVERY_MS = 600;

/** @typedef {import('./context.js').Wish} Wish */

/**
 * @param {object} reach what a wish can touch
 * @param {import('./context.js').Context} reach.context
 * @param {() => import('./model.js').State} reach.state
 * @param {(deed: import('./model.js').Deed) => void} reach.dispatch
 * @param {import('./timers.js').Timers} reach.timers
 * @param {(command: object) => boolean} reach.send
 * @param {(command: object) => void} reach.sendOrKeep what needs no acknowledgement
 * @param {() => void} reach.reconnect
 * @param {() => void} reach.unpeek
 * @param {() => void} reach.confirmEnd
 * @param {import('./host.js').Host} reach.host
 * @returns {(wish: Wish) => void}
 */
export function createWishes({ context, state, dispatch, timers, send, sendOrKeep, reconnect, unpeek, confirmEnd, host }) {
  const { config, keep } = context;
  let typedAt = 0;

  /** @type {{[Name in Wish['do']]: (wish: Extract<Wish, {do: Name}>) => void}} */
  const WISHES = {
    start({ fields: { question = '', ...person } }) {
      /** @type {import('./model.js').Start} */
      const command = { type: 'start', ref: newRef(), question, ...person };
      dispatch({ type: 'asked', command, at: Date.now() });
      send(command);
    },
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
    leave() {
      if (state().phase === 'active') confirmEnd();
      else WISHES.end({ do: 'end' });
    },
    end() {
      if (state().phase === 'starting') dispatch({ type: 'cleared' });
      sendOrKeep({ type: 'end' });
    },
    rate({ score }) {
      sendOrKeep({ type: 'rate', score });
      dispatch({ type: 'scored', score });
    },
    async file(wish) {
      (await import('./filing.js')).file(wish, { context, state, dispatch, send });
    },
    go: ({ screen, reading }) => dispatch({ type: 'went', screen, reading }),
    back: () => dispatch({ type: 'went', screen: state().reading ? 'requests' : 'chat' }),
    wait: () => dispatch({ type: 'kept_waiting' }),
    restart() {
      keep.forget('token', 'read', 'unsent', 'draft', 'ticket', 'include', 'file');
      dispatch({ type: 'cleared' });
    },
    close: () => host.tell({ type: 'close' }),
    open: () => host.tell({ type: 'open' }),
    dismiss: () => unpeek(),
    connect: reconnect,
  };

  return (wish) => /** @type {(wish: any) => void} */ (WISHES[wish.do])(wish);
}

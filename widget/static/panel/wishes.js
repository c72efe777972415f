/** What the visitor may wish for, and what then happens; `talking.js` knows those that need a chat. */

import { newRef } from '../shared/pending.js';

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
 * @param {(wanted: null) => void} reach.spoken
 * @returns {(wish: Wish) => void}
 */
export function createWishes(reach) {
  const { context, state, dispatch, send, sendOrKeep, reconnect, unpeek, confirmEnd, host, spoken } = reach;
  const { keep } = context;
  /** @type {Promise<ReturnType<typeof import('./talking.js').createTalking>> | null} */ let talking = null;

  /** @type {{[Name in Exclude<Wish['do'], import('./talking.js').Talking>]: (wish: Extract<Wish, {do: Name}>) => void}} */
  const WISHES = {
    start({ fields: { question = '', ...person } }) {
      /** @type {import('./model.js').Start} */
      const command = { type: 'start', ref: newRef(), question, ...person };
      dispatch({ type: 'asked', command, at: Date.now() });
      send(command);
    },
    leave() {
      if (state().phase === 'active') confirmEnd();
      else WISHES.end({ do: 'end' });
    },
    end() {
      if (state().phase === 'starting') dispatch({ type: 'cleared' });
      sendOrKeep({ type: 'end' });
    },
    async file(wish) {
      (await import('./filing.js')).file(wish, { context, state, dispatch, send });
    },
    go: ({ screen, reading, over }) => dispatch({ type: 'went', screen, reading, over }),
    back: () => dispatch({ type: 'returned' }),
    wait: () => dispatch({ type: 'kept_waiting' }),
    restart() {
      keep.forget('token', 'read', 'unsent', 'draft', 'ticket', 'include', 'file');
      dispatch({ type: 'cleared' });
    },
    close: () => host.tell({ type: 'close' }),
    open: () => host.tell({ type: 'open' }),
    dismiss: () => unpeek(),
    connect: reconnect,
    speak({ locale }) {
      keep.set('locale', locale);
      spoken(null);
    },
  };

  /** @type {Record<string, (wish: any) => void>} */
  const first = WISHES;
  return async (wish) => {
    const grant = first[wish.do];
    if (grant) return grant(wish);
    talking ??= import('./talking.js').then(({ createTalking }) => createTalking(reach));
    (await talking)(/** @type {any} */ (wish));
  };
}

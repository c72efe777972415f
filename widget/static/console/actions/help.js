/**
 * What is done about the help articles' comments.
 *
 * @import { Desk } from '../actions.js'
 */

import * as changes from '../changes.js';

/** @param {Desk} desk */
export function helpActions({ store, api, frame }) {
  return {
    async countComments() {
      try {
        const { waiting } = await api.countComments();
        store.change((state) => changes.countComments(state, waiting));
      } catch {
        // the last count stays; the next change or connection counts anew
      }
    },
    /** @param {{step: 1 | -1}} detail */
    stepComment({ step }) {
      frame.help?.step(step);
    },
    /** @param {{approve: boolean}} detail */
    judgeComment({ approve }) {
      frame.help?.judge(approve);
    },
  };
}

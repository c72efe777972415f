/**
 * Writing in a chat.
 *
 * @import { Desk } from '../actions.js'
 * @import { Box } from '../state.js'
 */

import { newRef } from '../../shared/pending.js';
import * as changes from '../changes.js';
import { findChat } from '../state.js';

/** @param {Desk} desk */
export function talkingActions({ store, send, frame, read, afterwards }) {
  return {
    /** @param {{chat: string, box: Box, text: string}} detail */
    write({ chat, box, text }) {
      store.change((state) => changes.write(state, chat, box, text));
    },
    /** @param {{chat: string, box: Box, focus?: boolean}} detail */
    choose({ chat, box, focus }) {
      store.change((state) => changes.choose(state, chat, box));
      if (focus) afterwards(() => frame.focusText());
    },
    /** @param {{box: Box}} detail */
    compose({ box }) {
      const chat = findChat(store.value);
      if (chat) this.choose({ chat: chat.chat, box, focus: true });
    },
    /** @param {{chat: string, box: Box, text: string}} detail */
    post({ chat, box, text }) {
      const line = { ref: newRef(), box, text, at: Date.now() };
      store.change((state) => changes.post(state, chat, line));
      send({ type: box === 'note' ? 'note' : 'say', chat, ref: line.ref, text });
    },
    /** @param {{chat: string, ref: string}} detail */
    retry({ chat, ref }) {
      const line = findChat(store.value, chat)?.pending.lines.find((one) => one.ref === ref);
      if (!line) return;
      store.change((state) => changes.retry(state, chat, ref));
      send({ type: line.box === 'note' ? 'note' : 'say', chat, ref, text: line.text });
    },
    /** @param {{chat: string, ref: string}} detail */
    takeBack({ chat, ref }) {
      store.change((state) => changes.takeBack(state, chat, ref));
    },
    /** @param {{chat: string}} detail */
    typing({ chat }) {
      send({ type: 'typing', chat });
    },
    reach() {
      read();
    },
  };
}

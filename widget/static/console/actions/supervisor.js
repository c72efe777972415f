/**
 * What supervisors may do beyond their own chats.
 *
 * @import { Desk } from '../actions.js'
 */

import * as changes from '../changes.js';
import { writeView } from '../route.js';
import { findChat } from '../state.js';
import { drop } from '../steps.js';

/** @param {Desk} desk */
export function supervisorActions({ store, send, sendNow }) {
  const selected = () => findChat(store.value)?.chat ?? '';

  return {
    /** @param {{chat: string}} detail a chat that is here already only opens */
    watch({ chat }) {
      if (findChat(store.value, chat)) store.change((state) => changes.select(state, chat));
      else if (sendNow({ type: 'watch', chat })) store.change((state) => changes.want(state, chat));
      writeView(store.value.view);
    },
    /** @param {{chat?: string}} detail */
    unwatch({ chat = selected() }) {
      if (!findChat(store.value, chat)?.watch) return;
      const open = chat === store.value.selected;
      send({ type: 'unwatch', chat });
      store.change((state) => drop(state, chat, null));
      if (open) store.change((state) => changes.show(state, { name: 'board', team: '' }));
      writeView(store.value.view);
    },
    /** @param {{chat?: string}} detail */
    join({ chat = selected() }) {
      const watch = findChat(store.value, chat)?.watch;
      if (watch?.agent && !watch.joined) sendNow({ type: 'join', chat });
    },
    /** @param {{chat: string, priority: number}} detail */
    prioritise({ chat, priority }) {
      if (sendNow({ type: 'prioritise', chat, priority })) store.change((state) => changes.prioritise(state, chat, priority));
    },
    /** @param {{agent: string, status: 'available' | 'away'}} detail */
    setColleague({ agent, status }) {
      sendNow({ type: 'set_availability', agent, status });
    },
  };
}

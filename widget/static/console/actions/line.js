/**
 * Getting chats: those that ring, and those that wait.
 *
 * @import { Desk } from '../actions.js'
 */

import * as changes from '../changes.js';

/** @param {Desk} desk */
export function lineActions({ store, sendNow }) {
  /** @param {string | undefined} [chat] */
  const ringing = (chat) => store.value.offers.find((offer) => !chat || offer.chat === chat);

  /** @param {{type: 'accept' | 'take', chat: string}} command */
  const get = (command) => {
    if (sendNow(command)) store.change((state) => changes.want(state, command.chat));
  };

  return {
    /** @param {{chat?: string}} detail the chat that rings; without it the first */
    accept({ chat }) {
      const offer = ringing(chat);
      if (offer) get({ type: 'accept', chat: offer.chat });
    },
    /** @param {{chat?: string}} detail */
    decline({ chat }) {
      const offer = ringing(chat);
      if (offer && sendNow({ type: 'decline', chat: offer.chat })) store.change((state) => changes.silence(state, offer.chat));
    },
    /** @param {{team?: string}} detail the team whose line to take from; without it the longest wait */
    take({ team }) {
      const queues = store.value.queues.filter((queue) => queue.head && (!team || queue.team === team));
      const [first] = queues.sort((a, b) => a.since - b.since);
      if (first?.head) get({ type: 'take', chat: first.head });
    },
    /** @param {{chat: string}} detail a chat that waits, or that somebody else has */
    takeOver({ chat }) {
      get({ type: 'take', chat });
    },
  };
}

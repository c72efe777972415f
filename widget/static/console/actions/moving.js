/**
 * Moving about in the console.
 *
 * @import { Desk } from '../actions.js'
 * @import { Pane, View } from '../state.js'
 */

import * as changes from '../changes.js';
import { writeView } from '../route.js';
import { findChat, ownChats, unansweredSince } from '../state.js';

/** @param {Desk} desk */
export function movingActions({ store, frame, afterwards }) {
  return {
    /** @param {{chat: string, focus?: boolean}} detail */
    select({ chat, focus }) {
      store.change((state) => changes.select(state, chat));
      writeView(store.value.view);
      if (focus && matchMedia('(hover: hover)').matches) afterwards(() => frame.focusText());
    },
    /** @param {{step: 1 | -1}} detail */
    step({ step }) {
      if (store.value.view.name === 'board') return frame.stepOnBoard(step);
      const writing = document.activeElement instanceof HTMLTextAreaElement;
      store.change((state) => changes.selectNext(state, step));
      writeView(store.value.view);
      if (writing) afterwards(() => frame.focusText());
    },
    longest() {
      const waiting = ownChats(store.value).filter((chat) => unansweredSince(chat) !== null);
      const [first] = waiting.sort((a, b) => Number(unansweredSince(a)) - Number(unansweredSince(b)));
      if (first) this.select({ chat: first.chat });
    },
    /** @param {{pane: Pane}} detail */
    turn({ pane }) {
      store.change((state) => changes.turnTo(state, pane));
    },
    closeEmpty() {
      store.change((state) => changes.turnTo(state, 'list'));
    },
    card() {
      if (findChat(store.value)) store.change((state) => changes.openCard(state, !state.card));
    },
    closeCard() {
      store.change((state) => changes.openCard(state, false));
    },
    /** @param {{view: View}} detail */
    go({ view }) {
      store.change((state) => changes.show(state, view));
      writeView(view);
    },
    backToTickets() {
      this.go({ view: { name: 'tickets', filter: store.value.lastList } });
    },
    search() {
      if (store.value.view.name !== 'tickets') this.backToTickets();
      afterwards(() => frame.focusSearch());
    },
    /** @param {{id: number}} detail */
    dismiss({ id }) {
      store.change((state) => changes.dismiss(state, id));
    },
  };
}

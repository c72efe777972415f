/**
 * What each thing an agent can ask for does. Elements and keys name an action, this table answers it.
 *
 * @import { AgentLeaveTicket } from '../shared/protocol.js'
 * @import { Socket } from '../shared/socket.js'
 * @import { Api } from './api.js'
 * @import { Frame } from './frame.js'
 * @import { Preferences } from './preferences.js'
 * @import { Box, Dialog, Pane, State, Toast, View } from './state.js'
 * @import { Store } from './store.js'
 */

import { newRef } from '../shared/pending.js';
import { askToNotify } from './attention.js';
import * as changes from './changes.js';
import { savePreferences } from './preferences.js';
import { toast } from './reduce.js';
import { writeView } from './route.js';
import { findChat, unansweredSince } from './state.js';

/**
 * @param {{store: Store<State>, send: (command: object) => boolean, socket: Socket, frame: Frame, api: Api, read: () => void, leave: () => void}} desk
 */
export function createActions({ store, send, socket, frame, api, read, leave }) {
  const selected = () => findChat(store.value);

  /**
   * For commands that make no sense later: without a connection the agent is told at once.
   * @param {object} command
   */
  const sendNow = (command) => {
    const sent = send(command);
    if (!sent) store.change((state) => toast(state, { key: 'error.unavailable', tone: 'bad' }));
    return sent;
  };

  /** After the drawing that a change brings. @param {() => void} step */
  const afterwards = (step) => queueMicrotask(step);

  /** @param {Dialog | null} dialog */
  const ask = (dialog) => store.change((state) => changes.ask(state, dialog));

  /** @param {Partial<Preferences>} some */
  const keepPreferences = (some) => {
    store.change((state) => changes.prefer(state, some));
    const { preferences } = store.value;
    savePreferences(preferences);
    if (preferences.theme === 'auto') delete document.documentElement.dataset.mode;
    else document.documentElement.dataset.mode = preferences.theme;
  };

  return {
    // ── moving about ──
    /** @param {{chat: string, focus?: boolean}} detail */
    select({ chat, focus }) {
      store.change((state) => changes.select(state, chat));
      writeView(store.value.view);
      if (focus && matchMedia('(hover: hover)').matches) afterwards(() => frame.focusText());
    },
    /** @param {{step: 1 | -1}} detail */
    step({ step }) {
      const writing = document.activeElement instanceof HTMLTextAreaElement;
      store.change((state) => changes.selectNext(state, step));
      writeView(store.value.view);
      if (writing) afterwards(() => frame.focusText());
    },
    longest() {
      const waiting = store.value.chats.filter((chat) => unansweredSince(chat) !== null);
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
      if (selected()) store.change((state) => changes.openCard(state, !state.card));
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
      this.go({ view: { name: 'tickets', status: '', q: '' } });
    },
    search() {
      if (store.value.view.name !== 'tickets') this.backToTickets();
      afterwards(() => frame.focusSearch());
    },

    // ── talking ──
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
      const chat = selected();
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

    // ── the chat as a whole ──
    /** @param {{team?: string}} detail the team whose line to take from; without it the longest wait */
    take({ team }) {
      const queues = store.value.queues.filter((queue) => queue.head && (!team || queue.team === team));
      const [first] = queues.sort((a, b) => a.since - b.since);
      if (first) sendNow({ type: 'take', chat: first.head });
    },
    /** @param {{dialog: Dialog | null}} detail */
    ask({ dialog }) {
      ask(dialog);
    },
    askEnd() {
      const chat = selected();
      if (chat) ask({ name: 'end', chat: chat.chat });
    },
    askTicket() {
      const chat = selected();
      if (chat) ask({ name: 'ticket', chat: chat.chat, andEnd: false });
    },
    /** @param {{chat: string}} detail */
    end({ chat }) {
      if (sendNow({ type: 'end', chat })) ask(null);
    },
    /** @param {{chat?: string}} detail */
    offer({ chat = store.value.selected ?? '' }) {
      if (chat && !findChat(store.value, chat)?.offered && sendNow({ type: 'offer_ticket', chat }))
        store.change((state) => changes.offer(state, chat));
    },
    /** @param {{command: AgentLeaveTicket, andEnd: boolean}} detail */
    file({ command, andEnd }) {
      store.change((state) => changes.file(state, { command, andEnd }));
      send(command);
    },

    // ── the agent themselves ──
    availability() {
      sendNow({ type: 'set_availability', status: store.value.availability === 'available' ? 'away' : 'available' });
    },
    mute() {
      const sound = !store.value.preferences.sound;
      keepPreferences({ sound });
      store.change((state) => toast(state, { key: `console.toast.sound_${sound ? 'on' : 'off'}` }));
    },
    /** @param {Partial<Preferences>} detail */
    async prefer({ sound, notifications, keys, theme }) {
      const chosen = Object.entries({ sound, notifications, keys, theme }).filter(([, value]) => value !== undefined);
      if (notifications && !(await askToNotify())) return keepPreferences({ notifications: false });
      return keepPreferences(Object.fromEntries(chosen));
    },
    takeOver() {
      socket.start();
    },
    async signOut() {
      try {
        await api.signOut();
        leave();
      } catch {
        this.tell({ key: 'error.unavailable', tone: 'bad' });
      }
    },
    /** @param {{key: string, tone: Toast['tone']}} detail */
    tell({ key, tone }) {
      store.change((state) => toast(state, { key, tone }));
    },
    /** @param {{id: number}} detail */
    dismiss({ id }) {
      store.change((state) => changes.dismiss(state, id));
    },
  };
}

/**
 * What agents do about themselves: their status, their preferences, the end of their shift.
 *
 * @import { Desk } from '../actions.js'
 * @import { Preferences } from '../preferences.js'
 * @import { Toast } from '../state.js'
 */

import { askToNotify } from '../attention.js';
import * as changes from '../changes.js';
import { savePreferences } from '../preferences.js';
import { ownChats } from '../state.js';
import { forgetDrafts } from '../tickets/kept-drafts.js';

const HAND_OVER_MS = 5000;

/** @param {Desk} desk */
export function agentActions({ store, send, sendNow, socket, api, leave, ask, tell }) {
  /** @param {Partial<Preferences>} some */
  const keepPreferences = (some) => {
    store.change((state) => changes.prefer(state, some));
    const { preferences } = store.value;
    savePreferences(preferences);
    if (preferences.theme === 'auto') delete document.documentElement.dataset.mode;
    else document.documentElement.dataset.mode = preferences.theme;
  };

  return {
    /** @param {{status?: 'available' | 'away'}} detail without it the other one */
    availability({ status = store.value.availability === 'available' ? 'away' : 'available' }) {
      sendNow({ type: 'set_availability', status });
    },
    mute() {
      const sound = !store.value.preferences.sound;
      keepPreferences({ sound });
      tell({ key: `console.toast.sound_${sound ? 'on' : 'off'}` });
    },
    /** @param {Partial<Preferences>} detail */
    async prefer({ sound, notifications, keys, theme }) {
      const chosen = Object.entries({ sound, notifications, keys, theme }).filter(([, value]) => value !== undefined);
      if (notifications && !(await askToNotify())) return keepPreferences({ notifications: false });
      return keepPreferences(Object.fromEntries(chosen));
    },
    connectHere() {
      socket.start();
    },
    /** Whoever has chats says first what becomes of them. */
    async askLeave() {
      if (ownChats(store.value).length > 0) return ask({ name: 'leave', asked: false });
      send({ type: 'hand_over' });
      return this.signOut();
    },
    /** The chats go first. What the service could not place in time goes back to the line when the session ends. */
    async handOver() {
      if (!sendNow({ type: 'hand_over' })) return;
      store.change(changes.waitFor);
      const leaving = () => store.value.dialog?.name === 'leave' && store.value.dialog.asked;
      await store.until((state) => !leaving() || ownChats(state).length === 0, HAND_OVER_MS);
      if (leaving()) await this.signOut();
    },
    async signOut() {
      try {
        await api.signOut();
        forgetDrafts();
        leave();
      } catch {
        ask(null);
        tell({ key: 'error.unavailable', tone: 'bad' });
      }
    },
    /** @param {{key: string, tone: Toast['tone'], params?: Toast['params'], view?: Toast['view']}} detail */
    tell({ key, tone, params, view }) {
      tell({ key, tone, params, view });
    },
  };
}

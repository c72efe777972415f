/**
 * What each thing an agent can ask for does. Elements and keys name an action; the tables in `actions/` answer it.
 *
 * @import { Socket } from '../shared/socket.js'
 * @import { Api } from './api.js'
 * @import { Frame } from './frame.js'
 * @import { Dialog, State, Toast } from './state.js'
 * @import { Store } from './store.js'
 */

import { agentActions } from './actions/agent.js';
import { chatActions } from './actions/chat.js';
import { helpActions } from './actions/help.js';
import { lineActions } from './actions/line.js';
import { movingActions } from './actions/moving.js';
import { supervisorActions } from './actions/supervisor.js';
import { talkingActions } from './actions/talking.js';
import { ticketActions } from './actions/tickets.js';
import * as changes from './changes.js';
import { toast } from './steps.js';

/** @typedef {{store: Store<State>, send: (command: object) => boolean, socket: Socket, frame: Frame, api: Api, read: () => void, leave: () => void}} Means */
/** @typedef {ReturnType<typeof equip>} Desk what the actions work with */

/** @param {Means} means */
export function createActions(means) {
  const desk = equip(means);
  return {
    ...movingActions(desk),
    ...talkingActions(desk),
    ...lineActions(desk),
    ...chatActions(desk),
    ...supervisorActions(desk),
    ...ticketActions(desk),
    ...helpActions(desk),
    ...agentActions(desk),
  };
}

/** @param {Means} means */
function equip(means) {
  const { store, send } = means;
  return {
    ...means,

    /**
     * For commands that make no sense later: without a connection the agent is told at once.
     * @param {object} command
     */
    sendNow(command) {
      const sent = send(command);
      if (!sent) store.change((state) => toast(state, { key: 'error.unavailable', tone: 'bad' }));
      return sent;
    },

    /** After the drawing that a change brings. @param {() => void} step */
    afterwards(step) {
      queueMicrotask(step);
    },

    /** @param {Dialog | null} dialog */
    ask(dialog) {
      store.change((state) => changes.ask(state, dialog));
    },

    /** @param {{key: string, tone?: Toast['tone'], params?: Toast['params'], view?: Toast['view']}} words */
    tell(words) {
      store.change((state) => toast(state, words));
    },
  };
}

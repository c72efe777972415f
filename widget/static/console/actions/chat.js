/**
 * What is done about a chat as a whole.
 *
 * @import { AgentLeaveTicket } from '../../shared/protocol.js'
 * @import { Desk } from '../actions.js'
 * @import { Dialog } from '../state.js'
 */

import * as changes from '../changes.js';
import { findChat } from '../state.js';

/** @param {Desk} desk */
export function chatActions({ store, send, sendNow, ask }) {
  const mine = () => {
    const chat = findChat(store.value);
    return chat && !chat.watch ? chat : null;
  };

  return {
    /** @param {{dialog: Dialog | null}} detail */
    ask({ dialog }) {
      ask(dialog);
    },
    askEnd() {
      const chat = mine();
      if (chat) ask({ name: 'end', chat: chat.chat });
    },
    askTicket() {
      const chat = mine();
      if (chat) ask({ name: 'ticket', chat: chat.chat, andEnd: false });
    },
    askTransfer() {
      const chat = mine();
      if (chat && !chat.transfer) ask({ name: 'transfer', chat: chat.chat, asked: false });
    },
    /** @param {{chat: string}} detail */
    end({ chat }) {
      if (sendNow({ type: 'end', chat })) ask(null);
    },
    /** @param {{chat?: string}} detail */
    offer({ chat = mine()?.chat ?? '' }) {
      if (chat && !findChat(store.value, chat)?.offered && sendNow({ type: 'offer_ticket', chat }))
        store.change((state) => changes.offer(state, chat));
    },
    /** @param {{command: AgentLeaveTicket, andEnd: boolean}} detail */
    file({ command, andEnd }) {
      store.change((state) => changes.file(state, { command, andEnd }));
      send(command);
    },
    /** Who a chat could be handed to, as it is now. */
    listColleagues() {
      send({ type: 'list_colleagues' });
    },
    /** @param {{chat: string, team?: string, agent?: string, note?: string}} detail */
    transfer({ chat, team, agent, note }) {
      if (sendNow({ type: 'transfer', chat, team, agent, note })) store.change(changes.waitFor);
    },
    /** @param {{chat: string}} detail */
    cancelTransfer({ chat }) {
      sendNow({ type: 'transfer', chat });
    },
    /** @param {{chat: string, minutes: number}} detail */
    block({ chat, minutes }) {
      if (sendNow({ type: 'block', chat, minutes })) ask(null);
    },
  };
}

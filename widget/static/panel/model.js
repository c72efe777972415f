/**
 * What the panel knows, as a value. `state.js` says how each event changes it, `facts.js` what follows from it.
 *
 * Server events come as they are (past tense, see `shared/protocol.js`); what happens in this tab comes as a {@link Deed}.
 */

import { Pending } from '../shared/pending.js';

/**
 * @typedef {import('../shared/protocol.js').VisitorEvent} VisitorEvent
 * @typedef {import('../shared/protocol.js').Start} Start
 * @typedef {import('../shared/protocol.js').VisitorLeaveTicket} LeaveTicket
 * @typedef {import('../shared/protocol.js').Message} Message
 * @typedef {{ref: string, text: string, at: number, failed?: string}} PendingLine
 *
 * @typedef {{type: 'shown', open: boolean}
 *   | {type: 'linked', state: import('../shared/socket.js').SocketStateName, name?: string}
 *   | {type: 'resumed', token: string}
 *   | {type: 'asked', command: Start, at: number}
 *   | {type: 'blocked', until: number}
 *   | {type: 'wrote', line: PendingLine}
 *   | {type: 'retried', ref: string}
 *   | {type: 'discarded', ref: string}
 *   | {type: 'read', seq: number}
 *   | {type: 'stopped_typing'}
 *   | {type: 'filed', command: Filing}
 *   | {type: 'put_off'}
 *   | {type: 'posted', ref: string, number: number, link: string, reply_within?: string, reply_by?: string}
 *   | {type: 'went', screen: Screen, reading?: number | string, over?: boolean}
 *   | {type: 'returned'}
 *   | {type: 'counted', answers: number, articles: boolean}
 *   | {type: 'kept_waiting'}
 *   | {type: 'scored', score: number}
 *   | {type: 'cleared'}} Deed
 *
 * Who went `over` what was there comes back to it.
 *
 * @typedef {LeaveTicket | {type: 'post', ref: string, form: object}} Filing with the conversation by the socket, without by HTTP
 * @typedef {'home'|'chat'|'ticket'|'left'|'requests'|'contacts'|'help'} Screen
 * @typedef {{screen: Screen, reading: number | string | null}} Place `reading`: which request of `requests`, which article of `help`; null: all of them
 * @typedef {'none'|'resuming'|'starting'|'waiting'|'active'|'ended'} Phase
 * @typedef {'online'|'busy'|'closed'} Availability
 *
 * @typedef {object} Desk as the last `welcome` told
 * @property {Availability | null} availability null until then
 * @property {boolean} nobody is at the desk
 * @property {number} free so many agents are, at least
 * @property {boolean} turned it has opened or closed while the visitor looked: what they were at stays until they choose
 * @property {string | null} reopensAt
 * @property {string | null} closesAt
 * @property {string | null} replyWithin
 * @property {string | null} replyBy
 * @property {import('../shared/protocol.js').VisitorWelcome['channels'] | null} channels what the visitor's plan offers; null: everything
 * @property {number} graceS
 *
 * @typedef {object} Chat and what there is instead of one
 * @property {Screen} screen
 * @property {readonly Place[]} trail the places before it, for the way back
 * @property {Screen | null} from the screen that the visitor has just come back from
 * @property {Place['reading']} reading
 * @property {Phase} phase
 * @property {string | null} chat
 * @property {string | null} token
 * @property {Start | null} start not yet acknowledged
 * @property {{text: string, at: string | number} | null} question what was asked in `start`; it has no `seq`
 * @property {number | null} position
 * @property {number | null} waitS
 * @property {import('../shared/protocol.js').AgentCard | null} agent
 * @property {boolean} agentAway
 * @property {boolean} typing
 * @property {readonly Message[]} messages by `seq`
 * @property {Pending<PendingLine>} pending
 * @property {readonly string[]} unsure refs of own lines that no agent's tab has and the last `welcome` did not tell of
 * @property {number} delivered
 * @property {number} seen by the agent
 * @property {number} read by the visitor
 * @property {import('../shared/protocol.js').TicketOffered['reason'] | 'blocked' | null} offer why a request may be left
 * @property {number | null} blockedUntil
 * @property {'visitor'|'agent'|'idle'|'service'|null} endedBy
 * @property {boolean} erased
 * @property {number | null} score
 * @property {Filing | null} filing not yet acknowledged
 * @property {boolean} putOff the service could not take it the first time
 * @property {{number: number, link: string, replyWithin: string | null, replyBy: string | null} | null} ticket
 * @property {string | null} refused the error code of the last `start` or `leave_ticket`
 * @property {Record<string, string>} faults of its fields, as codes
 *
 * @typedef {object} Frame
 * @property {boolean} open the host shows the panel
 * @property {import('../shared/socket.js').SocketStateName} link
 * @property {string | null} fault why there is no connection: a close name or an error code
 * @property {string | null} told the site's own words on it
 * @property {boolean} crowded there is no connection because there were too many from here, or too much came
 * @property {number} answers requests that support has answered and the visitor has not read
 * @property {boolean} articles there are help articles, and this person may read some
 * @property {{number: number} | null} news the last notification that came: this request has changed
 *
 * @typedef {Frame & Desk & Chat} State
 */

/** @type {Chat} */
export const NO_CHAT = {
  screen: 'chat',
  trail: [],
  from: null,
  reading: null,
  phase: 'none',
  chat: null,
  token: null,
  start: null,
  question: null,
  position: null,
  waitS: null,
  agent: null,
  agentAway: false,
  typing: false,
  messages: [],
  pending: new Pending(),
  unsure: [],
  delivered: 0,
  seen: 0,
  read: 0,
  offer: null,
  blockedUntil: null,
  endedBy: null,
  erased: false,
  score: null,
  filing: null,
  putOff: false,
  ticket: null,
  refused: null,
  faults: {},
};

/** @type {Desk} */
const UNKNOWN_DESK = { availability: null, nobody: false, free: 0, turned: false, reopensAt: null, closesAt: null, replyWithin: null, replyBy: null, channels: null, graceS: 30 };

/** @type {State} */
export const INITIAL = { ...NO_CHAT, ...UNKNOWN_DESK, open: false, link: 'connecting', fault: null, told: null, crowded: false, answers: 0, articles: false, news: null };

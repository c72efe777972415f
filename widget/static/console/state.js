/**
 * What this tab knows, as one value. `reduce.js` changes it by what the service says, `changes.js` by what the agent does.
 * Nothing here outlives the tab, and a chat that is erased leaves it whole.
 *
 * @import { Pending } from '../shared/pending.js'
 * @import { Preferences } from './preferences.js'
 * @import { Filter } from './tickets/filter.js'
 * @import { News, TicketDraft, Viewers } from './tickets/desk-state.js'
 * @import { AgentLeaveTicket, AgentSelf, AgentState, AvailabilityChanged, ChatEntry, Limits, Message, Note, Page, VisitorCard } from '../shared/protocol.js'
 */

/** @typedef {'reply' | 'note'} Box */
/** @typedef {'list' | 'thread'} Pane what a narrow screen shows */

/**
 * A line written here that the service has not confirmed; `failed` is the code it was refused with.
 * @typedef {{ref: string, box: Box, text: string, at: number, failed?: string}} Line
 */

/**
 * A chat that is somebody else's and looked at by a supervisor; `agent` has it ("": it waits), `joined`: may speak in it.
 * @typedef {{agent: string, joined: boolean}} Watch
 */

/** @typedef {{to: string, until: number | null}} Transfer `until`: ms, null where the service did not tell */

/**
 * @typedef {object} Chat
 * @property {string} chat
 * @property {string} site
 * @property {string} team
 * @property {string | null} plan
 * @property {VisitorCard} visitor
 * @property {readonly Message[]} messages ascending by seq
 * @property {readonly Note[]} notes ascending by n
 * @property {readonly Page[]} pages the pages visited while the chat ran, newest first
 * @property {number} startedAt ms
 * @property {number} delivered
 * @property {number} seen
 * @property {number} read
 * @property {number} noted the last note that was looked at in this tab
 * @property {boolean} opened it has been looked at: else not even the question was read
 * @property {number | null} eraseAt ms; the visitor is gone
 * @property {{draft: string | null, at: number} | null} typing
 * @property {Box} box
 * @property {Readonly<Record<Box, string>>} drafts
 * @property {Pending<Line>} pending
 * @property {readonly number[]} tickets numbers filed from this chat
 * @property {boolean} offered the request form was offered to the visitor
 * @property {Transfer | null} transfer it is offered to others
 * @property {number | null} due ms; since then the visitor waits for an answer, longer than the team allows
 * @property {Watch | null} watch null: the chat is this agent's
 */

/** @typedef {{team: string, title: string, waiting: number, since: number, head: string | null}} Queue `since`: ms, start of the longest wait */

/**
 * A chat that rings here. `rangAt` and `expiresAt` in ms; `by` is the colleague who hands it over, `toYou` if to this agent in person.
 * @typedef {{chat: string, site: string, team: string, plan: string | null, visitor: VisitorCard, question: string, rangAt: number, expiresAt: number, by: string | null, toYou: boolean}} Offer
 */

/** @typedef {{team: string, title: string, waiting: number, since: number, available: number, places: number}} Team `since`: ms, start of the longest wait */
/** @typedef {Omit<ChatEntry, 'since' | 'owed_since'> & {since: number, owed: number | null}} Entry */
/** @typedef {{teams: readonly Team[], agents: readonly AgentState[], chats: readonly Entry[], at: number}} Board `at`: ms, when it was told */

/** @typedef {{state: 'connecting' | 'open' | 'reconnecting' | 'offline' | 'closed', code?: number, name?: string}} Connection */

/** @typedef {{id: number, key: string, params: Record<string, string | number>, tone: 'neutral' | 'good' | 'bad', chat?: string, watch?: boolean, view?: View}} Toast */

/**
 * @typedef {{name: 'end', chat: string} | {name: 'ticket', chat: string, andEnd: boolean} | {name: 'keys'} | {name: 'block', chat: string}
 *   | {name: 'transfer', chat: string, asked: boolean, fault?: string} | {name: 'leave', asked: boolean}
 *   | {name: 'filing', channel: 'phone' | 'desk'} | {name: 'merge', site: string, number: number} | {name: 'templates'} | {name: 'promises'}} Dialog
 *   `asked`: the service was told, and has not answered
 */

/** A ticket on its way; the same command goes out again after a reconnect. @typedef {{command: AgentLeaveTicket, andEnd: boolean, failed?: string}} Filing */

/** @typedef {'waiting' | 'approved' | 'ratings' | 'searches'} HelpTab */

/** @typedef {{kind: 'ended' | 'erased' | 'transferred' | 'gone' | 'unwatched', by?: string, to?: string, tickets?: readonly number[]}} Closing */

/** @typedef {{name: 'chats'} | {name: 'board', team: string} | {name: 'tickets', filter: Filter} | {name: 'ticket', site: string, number: number} | {name: 'help', tab: HelpTab, site: string}} View */

/**
 * @typedef {object} State
 * @property {Connection} connection
 * @property {boolean} ready the first `welcome` has come
 * @property {Readonly<Record<string, string>>} titles of the teams
 * @property {AgentSelf} agent
 * @property {'available' | 'away'} availability
 * @property {Exclude<AvailabilityChanged['reason'], undefined> | null} setBy why the agent is away, where they did not choose it
 * @property {Limits} limits
 * @property {number} graceMs
 * @property {readonly Queue[]} queues
 * @property {readonly Offer[]} offers the first to expire first
 * @property {readonly Chat[]} chats the agent's own in the order they came, then those watched
 * @property {string | null} wanted a chat that was asked for here, and opens when it comes
 * @property {string | null} selected
 * @property {Closing | null} closing why the chat that was open here is gone
 * @property {Pane} pane
 * @property {boolean} card the visitor's card is open where it covers the thread
 * @property {Preferences} preferences
 * @property {View} view
 * @property {Dialog | null} dialog
 * @property {{teams: readonly Team[], agents: readonly AgentState[]} | null} colleagues who a chat could be handed to
 * @property {Board | null} board
 * @property {Filing | null} filing
 * @property {readonly Toast[]} toasts
 * @property {number} lastToast
 * @property {News} news of tickets
 * @property {{version: number, waiting: number}} help `version` rises when comments on articles have changed; `waiting` for an agent
 * @property {Filter} lastList of tickets that was looked at
 * @property {Readonly<Record<string, TicketDraft>>} ticketDrafts by site and number
 * @property {Viewers | null} viewers who looks at the ticket that is open here
 */

/**
 * @param {AgentSelf} agent
 * @param {Readonly<Record<string, string>>} titles of the teams
 * @param {Preferences} preferences
 * @param {Readonly<Record<string, TicketDraft>>} [ticketDrafts]
 * @returns {State}
 */
export function createState(agent, titles, preferences, ticketDrafts = {}) {
  return {
    connection: { state: 'connecting' },
    ready: false,
    titles,
    agent,
    availability: 'away',
    setBy: null,
    limits: { max_text: 4000, messages_per_10s: 20 },
    graceMs: 30_000,
    queues: [],
    offers: [],
    chats: [],
    wanted: null,
    selected: null,
    closing: null,
    pane: 'list',
    card: false,
    preferences,
    view: { name: 'chats' },
    dialog: null,
    colleagues: null,
    board: null,
    filing: null,
    toasts: [],
    lastToast: 0,
    news: { version: 0, all: 0, tickets: [] },
    help: { version: 0, waiting: 0 },
    lastList: {},
    ticketDrafts,
    viewers: null,
  };
}

/** @param {State} state */
export function supervises({ agent }) {
  return agent.role !== 'agent';
}

/**
 * @param {State} state
 * @param {string | null} [chat]
 * @returns {Chat | null}
 */
export function findChat(state, chat = state.selected) {
  return state.chats.find((one) => one.chat === chat) ?? null;
}

/** The chats this agent has. @param {State} state */
export function ownChats({ chats }) {
  return chats.filter((chat) => !chat.watch);
}

/** The chats this agent looks at. @param {State} state */
export function watchedChats({ chats }) {
  return chats.filter((chat) => chat.watch);
}

/**
 * What the agent has not read: the visitor's words, the question too, and colleagues' notes.
 * @param {Chat} chat
 * @param {Pick<AgentSelf, 'name'>} agent
 */
export function countUnread(chat, agent) {
  const said = chat.messages.filter((message) => message.author === 'visitor' && message.seq > chat.read).length;
  const noted = chat.notes.filter((note) => note.n > chat.noted && note.name !== agent.name).length;
  return chat.opened ? said + noted : Math.max(1, asked(chat).length + said + noted);
}

/** @param {State} state */
export function countAllUnread(state) {
  return ownChats(state).reduce((sum, chat) => sum + countUnread(chat, state.agent), 0);
}

/**
 * What was asked in the form before the chat, as the first line of it: it has no seq, and the service keeps it with the card.
 * @param {Chat} chat
 * @returns {Message[]}
 */
export function asked({ visitor, startedAt }) {
  if (!visitor.question) return [];
  return [{ seq: 0, author: 'visitor', text: visitor.question, at: new Date(startedAt).toISOString(), name: visitor.name }];
}

/**
 * Since when the visitor waits for an answer: their first line after the agent's last one, or what the service says.
 * @param {Chat} chat
 * @returns {number | null} ms
 */
export function unansweredSince(chat) {
  const lastAnswer = chat.messages.findLastIndex((message) => message.author === 'agent');
  const lines = lastAnswer < 0 ? [...asked(chat), ...chat.messages] : chat.messages.slice(lastAnswer + 1);
  const waiting = lines.find((message) => message.author === 'visitor');
  return waiting ? Date.parse(waiting.at) : chat.due;
}

/**
 * The last seq up to which nothing is missing: where `hello` goes on.
 * @param {Chat} chat
 */
export function lastSeq(chat) {
  let last = 0;
  for (const { seq } of chat.messages) {
    if (seq !== last + 1) break;
    last = seq;
  }
  return last;
}

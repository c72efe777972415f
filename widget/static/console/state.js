/**
 * What this tab knows, as one value. `reduce.js` changes it by what the service says, `changes.js` by what the agent does.
 * Nothing here outlives the tab, and a chat that is erased leaves it whole.
 *
 * @import { Pending } from '../shared/pending.js'
 * @import { Preferences } from './preferences.js'
 * @import { AgentLeaveTicket, AgentSelf, Limits, Message, Note, Page, VisitorCard } from '../shared/protocol.js'
 */

/** @typedef {'reply' | 'note'} Box */
/** @typedef {'list' | 'thread'} Pane what a narrow screen shows */

/**
 * A line written here that the service has not confirmed; `failed` is the code it was refused with.
 * @typedef {{ref: string, box: Box, text: string, at: number, failed?: string}} Line
 */

/**
 * @typedef {object} Chat
 * @property {string} chat
 * @property {string} site
 * @property {string} team
 * @property {VisitorCard} visitor
 * @property {readonly Message[]} messages ascending by seq
 * @property {readonly Note[]} notes ascending by n
 * @property {readonly Page[]} pages the pages visited while the chat ran, newest first
 * @property {number} startedAt ms
 * @property {number} delivered
 * @property {number} seen
 * @property {number} read
 * @property {number | null} eraseAt ms; the visitor is gone
 * @property {{draft: string | null, at: number} | null} typing
 * @property {Box} box
 * @property {Readonly<Record<Box, string>>} drafts
 * @property {Pending<Line>} pending
 * @property {readonly number[]} tickets numbers filed from this chat
 * @property {boolean} offered the request form was offered to the visitor
 */

/** @typedef {{team: string, title: string, waiting: number, since: number, head: string | null}} Queue `since`: ms, start of the longest wait */

/** @typedef {{state: 'connecting' | 'open' | 'reconnecting' | 'offline' | 'closed', code?: number, name?: string}} Connection */

/** @typedef {{id: number, key: string, params: Record<string, string | number>, tone: 'neutral' | 'good' | 'bad', chat?: string}} Toast */

/** @typedef {{name: 'end', chat: string} | {name: 'ticket', chat: string, andEnd: boolean} | {name: 'keys'}} Dialog */

/** A ticket on its way; the same command goes out again after a reconnect. @typedef {{command: AgentLeaveTicket, andEnd: boolean, failed?: string}} Filing */

/** @typedef {{kind: 'ended' | 'erased' | 'transferred' | 'gone', by?: string, tickets?: readonly number[]}} Closing */

/** @typedef {{name: 'chats'} | {name: 'tickets', status: string, q: string} | {name: 'ticket', site: string, number: number}} View */

/**
 * @typedef {object} State
 * @property {Connection} connection
 * @property {boolean} ready the first `welcome` has come
 * @property {AgentSelf} agent
 * @property {'available' | 'away'} availability
 * @property {Limits} limits
 * @property {number} graceMs
 * @property {readonly Queue[]} queues
 * @property {readonly Chat[]} chats in the order they came
 * @property {string | null} selected
 * @property {Closing | null} closing why the chat that was open here is gone
 * @property {Pane} pane
 * @property {boolean} card the visitor's card is open where it covers the thread
 * @property {Preferences} preferences
 * @property {View} view
 * @property {Dialog | null} dialog
 * @property {Filing | null} filing
 * @property {readonly Toast[]} toasts
 * @property {number} lastToast
 * @property {number} ticketsVersion rises when any ticket changes
 */

/**
 * @param {AgentSelf} agent
 * @param {Preferences} preferences
 * @returns {State}
 */
export function createState(agent, preferences) {
  return {
    connection: { state: 'connecting' },
    ready: false,
    agent,
    availability: 'away',
    limits: { max_text: 4000, messages_per_10s: 20 },
    graceMs: 30_000,
    queues: [],
    chats: [],
    selected: null,
    closing: null,
    pane: 'list',
    card: false,
    preferences,
    view: { name: 'chats' },
    dialog: null,
    filing: null,
    toasts: [],
    lastToast: 0,
    ticketsVersion: 0,
  };
}

/**
 * @param {State} state
 * @param {string | null} [chat]
 * @returns {Chat | null}
 */
export function findChat(state, chat = state.selected) {
  return state.chats.find((one) => one.chat === chat) ?? null;
}

/** @param {Chat} chat */
export function countUnread(chat) {
  return chat.messages.filter((message) => message.author === 'visitor' && message.seq > chat.read).length;
}

/** @param {State} state */
export function countAllUnread(state) {
  return state.chats.reduce((sum, chat) => sum + countUnread(chat), 0);
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
 * Since when the visitor waits for an answer: their first line after the agent's last one.
 * @param {Chat} chat
 * @returns {number | null} ms
 */
export function unansweredSince(chat) {
  const lastAnswer = chat.messages.findLastIndex((message) => message.author === 'agent');
  const lines = lastAnswer < 0 ? [...asked(chat), ...chat.messages] : chat.messages.slice(lastAnswer + 1);
  const waiting = lines.find((message) => message.author === 'visitor');
  return waiting ? Date.parse(waiting.at) : null;
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

/**
 * The keyboard, in one table: what the overview shows is what is bound.
 * Single keys work only outside of fields and can be switched off (WCAG 2.1.4); Alt with the arrows works everywhere.
 */

import { isPopupOpen } from './popup.js';

/**
 * @typedef {object} Key
 * @property {string} words key under `console.keys.`
 * @property {string[]} shown what is drawn on the keys; `…` stands for "then"
 * @property {string[]} [on] names as `nameOf` gives them, or two after one another as `g c`; with none the field itself handles it
 * @property {string} [act] the action's name
 * @property {Record<string, unknown>} [detail]
 */

/** `on`: the views where these keys mean this; without it, wherever they mean nothing else. @type {{name: string, supervisor?: boolean, on?: string[], keys: Key[]}[]} */
export const GROUPS = [
  {
    name: 'chats',
    keys: [
      { words: 'accept', shown: ['Enter', 'Alt Enter'], on: ['Enter', 'Alt+Enter'], act: 'accept' },
      { words: 'decline', shown: ['D'], on: ['d'], act: 'decline' },
      { words: 'next', shown: ['J', 'Alt ↓'], on: ['j', 'Alt+ArrowDown'], act: 'step', detail: { step: 1 } },
      { words: 'previous', shown: ['K', 'Alt ↑'], on: ['k', 'Alt+ArrowUp'], act: 'step', detail: { step: -1 } },
      { words: 'unread', shown: ['U'], on: ['u'], act: 'longest' },
      { words: 'take', shown: ['Shift', 'T'], on: ['Shift+t'], act: 'take' },
    ],
  },
  {
    name: 'chat',
    keys: [
      { words: 'reply', shown: ['R'], on: ['r'], act: 'compose', detail: { box: 'reply' } },
      { words: 'note', shown: ['N'], on: ['n'], act: 'compose', detail: { box: 'note' } },
      { words: 'transfer', shown: ['H'], on: ['h'], act: 'askTransfer' },
      { words: 'ticket', shown: ['T'], on: ['t'], act: 'askTicket' },
      { words: 'offer', shown: ['O'], on: ['o'], act: 'offer' },
      { words: 'end', shown: ['E'], on: ['e'], act: 'askEnd' },
      { words: 'card', shown: ['I'], on: ['i'], act: 'card' },
    ],
  },
  {
    name: 'tickets',
    on: ['tickets', 'ticket'],
    keys: [
      { words: 'ticket_next', shown: ['J'], on: ['j'], act: 'stepTicket', detail: { step: 1 } },
      { words: 'ticket_previous', shown: ['K'], on: ['k'], act: 'stepTicket', detail: { step: -1 } },
      { words: 'ticket_open', shown: ['Enter'] },
      { words: 'ticket_select', shown: ['X'], on: ['x'], act: 'selectTicket' },
      { words: 'ticket_range', shown: ['Shift', 'X'], on: ['Shift+x'], act: 'selectTicket', detail: { range: true } },
      { words: 'ticket_mine', shown: ['A'], on: ['a'], act: 'takeTicket' },
      { words: 'ticket_reply', shown: ['R'], on: ['r'], act: 'composeTicket', detail: { box: 'reply' } },
      { words: 'ticket_note', shown: ['N'], on: ['n'], act: 'composeTicket', detail: { box: 'note' } },
      { words: 'ticket_solved', shown: ['E'], on: ['e'], act: 'solveTicket' },
      { words: 'ticket_send', shown: ['Ctrl', 'Enter'] },
      { words: 'ticket_back', shown: ['U'], on: ['u'], act: 'backToTickets' },
    ],
  },
  {
    name: 'help',
    on: ['help'],
    keys: [
      { words: 'comment_next', shown: ['J'], on: ['j'], act: 'stepComment', detail: { step: 1 } },
      { words: 'comment_previous', shown: ['K'], on: ['k'], act: 'stepComment', detail: { step: -1 } },
      { words: 'comment_approve', shown: ['Y'], on: ['y'], act: 'judgeComment', detail: { approve: true } },
      { words: 'comment_reject', shown: ['N'], on: ['n'], act: 'judgeComment', detail: { approve: false } },
    ],
  },
  {
    name: 'supervisor',
    supervisor: true,
    keys: [
      { words: 'go_board', shown: ['G', '…', 'B'], on: ['g b'], act: 'go', detail: { view: { name: 'board', team: '' } } },
      { words: 'board_move', shown: ['↑', '↓'] },
      { words: 'board_priority', shown: ['+', '−'] },
      { words: 'join', shown: ['Shift', 'J'], on: ['Shift+j'], act: 'join' },
      { words: 'unwatch', shown: ['Shift', 'W'], on: ['Shift+w'], act: 'unwatch' },
    ],
  },
  {
    name: 'writing',
    keys: [
      { words: 'send', shown: ['Enter'] },
      { words: 'break', shown: ['Shift', 'Enter'] },
      { words: 'insert', shown: ['/'] },
      { words: 'leave', shown: ['Esc'] },
    ],
  },
  {
    name: 'console',
    keys: [
      { words: 'availability', shown: ['A'], on: ['a'], act: 'availability' },
      { words: 'go_chats', shown: ['G', '…', 'C'], on: ['g c'], act: 'go', detail: { view: { name: 'chats' } } },
      { words: 'go_tickets', shown: ['G', '…', 'T'], on: ['g t'], act: 'backToTickets' },
      { words: 'go_help', shown: ['G', '…', 'H'], on: ['g h'], act: 'go', detail: { view: { name: 'help', tab: 'waiting', site: '' } } },
      { words: 'search', shown: ['/'], on: ['/'], act: 'search' },
      { words: 'mute', shown: ['M'], on: ['m'], act: 'mute' },
      { words: 'help', shown: ['?'], on: ['?'], act: 'ask', detail: { dialog: { name: 'keys' } } },
    ],
  },
];

/** Of the same key, the one that means something only in this view goes first. @param {string} view */
function boundIn(view) {
  const here = [...GROUPS.filter(({ on }) => !on), ...GROUPS.filter(({ on }) => on?.includes(view))];
  return new Map(here.flatMap(({ keys }) => keys.flatMap((key) => (key.on ?? []).map((on) => /** @type {[string, Key]} */ ([on, key])))));
}

const BOUND = Object.fromEntries(['chats', 'board', 'tickets', 'ticket', 'help'].map((view) => [view, boundIn(view)]));
const SEQUENCE_MS = 1200;
/** What rings does not wait until a form is filled in. */
const ANYWHERE = 'Alt+Enter';

/**
 * @param {(name: string, detail: Record<string, unknown>) => void} run
 * @param {() => boolean} singleKeysOn
 * @param {() => string} view
 * @param {() => boolean} sheetIsOpen the visitor's card covers the thread
 */
export function listenToKeys(run, singleKeysOn, view, sheetIsOpen) {
  let first = { key: '', at: 0 };
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey) return;
    const writing = isField(event.target);
    const name = nameOf(event);
    if (name !== ANYWHERE && (isPopupOpen() || document.querySelector('dialog[open]'))) return;
    if (name === 'Escape' && sheetIsOpen()) return run('card', {});
    if (name === 'Escape' && writing) return /** @type {HTMLElement} */ (event.target).blur();
    if (!event.altKey && (writing || !singleKeysOn())) return;
    const sequence = event.timeStamp - first.at < SEQUENCE_MS ? `${first.key} ${name}` : '';
    first = { key: name, at: event.timeStamp };
    const key = BOUND[view()].get(sequence) ?? BOUND[view()].get(name);
    if (!key?.act || (name === 'Enter' && isControl(event.target))) return;
    event.preventDefault();
    first.key = '';
    run(key.act, key.detail ?? {});
  });
}

/**
 * A letter by its place on the Latin keyboard where another alphabet is switched on, and whatever Caps Lock says.
 * @param {KeyboardEvent} event
 */
function nameOf({ key, code, altKey, shiftKey }) {
  if (altKey) return `Alt+${key}`;
  const letter = /^[a-z]$/i.test(key) ? key : /^\p{L}$/u.test(key) && code.startsWith('Key') ? code.slice(3) : '';
  return letter ? (shiftKey ? 'Shift+' : '') + letter.toLowerCase() : key;
}

/** What Enter does something to already. @param {EventTarget | null} target */
function isControl(target) {
  return target instanceof Element && target.closest('a, button, input, summary, [tabindex="0"]') !== null;
}

/** @param {EventTarget | null} target */
function isField(target) {
  return (
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    (target instanceof HTMLInputElement && !['checkbox', 'radio', 'button'].includes(target.type))
  );
}

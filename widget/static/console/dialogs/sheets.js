/** The dialogs that ask one thing before it is done: ending a chat, blocking a visitor, leaving for the day. */

import { h, icon } from '../../shared/dom.js';
import { act, nameOf, sign } from '../draw.js';
import { ownChats } from '../state.js';

/**
 * @import { Child } from '../../shared/dom.js'
 * @import { Translate } from '../../shared/i18n.js'
 * @import { Chat, State } from '../state.js'
 */

const BLOCK_MINUTES = [15, 60, 1440];

/**
 * @param {string} title
 * @param {...Child} children
 */
function sheet(title, ...children) {
  return h('div', { class: 'sheet' }, h('h2', { id: 'dialog-title' }, title), ...children);
}

/**
 * @param {HTMLElement} from where what is asked for bubbles from
 * @param {string} words
 */
function cancel(from, words) {
  return h('button', { class: 'button quiet', type: 'button', 'data-first': '', onclick: () => act(from, 'ask', { dialog: null }) }, words);
}

/**
 * @param {Chat} chat
 * @param {Translate} t
 * @param {HTMLElement} from
 */
export function endSheet(chat, t, from) {
  const draft = (chat.drafts.reply + chat.drafts.note).trim();
  return sheet(
    t('console.end.title'),
    h('p', {}, t('console.end.text', { name: nameOf(chat, t) })),
    draft && h('p', { class: 'warning' }, icon('alert'), t('console.end.unsent')),
    h(
      'div',
      { class: 'choices' },
      cancel(from, t('console.end.cancel')),
      h(
        'button',
        { class: 'button', type: 'button', onclick: () => act(from, 'ask', { dialog: { name: 'ticket', chat: chat.chat, andEnd: true } }) },
        icon('ticket'),
        t('console.end.ticket_first'),
      ),
      h(
        'button',
        { class: 'button danger', type: 'button', onclick: () => act(from, 'end', { chat: chat.chat }) },
        icon('end'),
        t('console.end.confirm'),
      ),
    ),
  );
}

/**
 * @param {Chat} chat
 * @param {Translate} t
 * @param {HTMLElement} from
 */
export function blockSheet(chat, t, from) {
  const choices = BLOCK_MINUTES.map((minutes, at) => h('input', { type: 'radio', name: 'minutes', value: String(minutes), checked: at === 0 }));
  const block = () => {
    const minutes = Number(choices.find((choice) => choice.checked)?.value);
    act(from, 'block', { chat: chat.chat, minutes });
  };
  return sheet(
    t('console.block.title', { name: nameOf(chat, t) }),
    h('p', {}, t('console.block.text'), chat.visitor.claims ? null : ` ${t('console.block.address')}`),
    h(
      'fieldset',
      { class: 'spans' },
      h('legend', {}, t('console.block.how_long')),
      ...choices.map((choice) => h('label', {}, choice, h('span', {}, t(`console.block.${choice.value}`)))),
    ),
    h(
      'div',
      { class: 'choices' },
      cancel(from, t('console.block.cancel')),
      h('button', { class: 'button danger', type: 'button', onclick: block }, sign('ban'), t('console.block.confirm')),
    ),
  );
}

/**
 * @param {State} state
 * @param {Translate} t
 * @param {HTMLElement} from
 */
export function leaveSheet(state, t, from) {
  const count = ownChats(state).length;
  const asked = state.dialog?.name === 'leave' && state.dialog.asked;
  return sheet(
    t('console.leave.title', { count }),
    h('p', {}, t('console.leave.text', { count })),
    h(
      'div',
      { class: 'choices' },
      cancel(from, t('console.leave.cancel')),
      h(
        'button',
        { class: 'button', type: 'button', disabled: asked, onclick: () => (act(from, 'availability', { status: 'away' }), act(from, 'ask', { dialog: null })) },
        t('console.leave.only_away', { count }),
      ),
      h(
        'button',
        { class: 'button primary', type: 'button', disabled: asked, onclick: () => act(from, 'handOver') },
        sign('hand'),
        t(asked ? 'console.leave.going' : 'console.leave.confirm'),
      ),
    ),
  );
}

import { h } from '../shared/dom.js';
import { icon } from '../shared/icons.js';
import { ask } from './context.js';
import { offers } from './facts.js';
import { prospects } from './when.js';

/**
 * What is left of a chat: that it is erased, how it was, and where to go from here.
 *
 * @param {EventTarget} from where wishes start
 * @param {import('./model.js').State} state
 * @param {import('./context.js').Context} context
 */
export function endedCard(from, state, context) {
  const { t } = context;
  const blocked = state.offer === 'blocked';
  const { endedBy, erased, score, agent, messages, ticket } = state;
  return h(
    'section',
    { class: 'card ended' },
    h('div', { role: 'status' }, h('h2', { tabIndex: -1 }, endedBy ? t(`chat.ended.${endedBy}`, { name: agent?.name ?? t('chat.agent') }) : t('chat.ended.gone'))),
    h('p', {}, t(!erased ? 'chat.erasing' : messages.length ? 'chat.erased_shown' : 'chat.erased')),
    blocked && h('p', {}, t('chat.offer.blocked')),
    blocked && prospects(state, context, false),
    !blocked && agent && (score ? h('p', { class: 'thanks', role: 'status' }, icon('check'), t('chat.rate.thanks')) : stars(from, t)),
    h(
      'div',
      { class: 'row' },
      !blocked && h('button', { class: 'button small primary', type: 'button', onclick: () => ask(from, { do: 'restart' }) }, t('chat.new')),
      ticket && h('button', { class: 'button small', type: 'button', onclick: () => ask(from, { do: 'go', screen: 'left' }) }, icon('ticket'), t('ticket.open')),
      !ticket && offers(state, 'form') && h('button', { class: 'button small', type: 'button', onclick: () => ask(from, { do: 'go', screen: 'ticket' }) }, icon('ticket'), t('panel.request')),
    ),
  );
}

/** @param {EventTarget} from @param {import('../shared/i18n.js').Translate} t */
function stars(from, t) {
  return h(
    'div',
    { class: 'stars', role: 'group', 'aria-label': t('chat.rate') },
    h('span', {}, t('chat.rate')),
    h(
      'span',
      { class: 'row' },
      ...[1, 2, 3, 4, 5].map((score) =>
        h('button', { class: 'icon-button', type: 'button', title: t(`chat.rate.${score}`), 'aria-label': t(`chat.rate.${score}`), onclick: () => ask(from, { do: 'rate', score }) }, icon('star')),
      ),
    ),
  );
}

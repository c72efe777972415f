/** What stands in the middle while no chat is open: why the last one is gone, or how the next one comes. */

import { h, icon } from '../shared/dom.js';
import { act, sign } from './draw.js';
import { emptyState } from './empty.js';
import { closingKey } from './steps.js';

/**
 * @import { Translate } from '../shared/i18n.js'
 * @import { Closing, State } from './state.js'
 */

/**
 * @param {State} state
 * @param {boolean} mayNotify desktop notifications could be switched on
 * @param {Translate} t
 * @param {HTMLElement} from where what is asked for bubbles from
 */
export function idleState({ closing, availability, chats }, mayNotify, t, from) {
  if (closing) return closed(closing, t, from);
  if (chats.length > 0) return emptyState(sign('chats'), t('console.empty.choose'), t('console.empty.choose_text', { down: 'J', up: 'K' }));
  if (availability === 'away')
    return emptyState(
      sign('user'),
      t('console.empty.away'),
      t('console.empty.away_text'),
      h('button', { class: 'button primary', type: 'button', onclick: () => act(from, 'availability') }, t('console.empty.go')),
    );
  return emptyState(
    sign('chats'),
    t('console.empty.available'),
    t('console.empty.available_text'),
    mayNotify &&
      h(
        'button',
        { class: 'button', type: 'button', onclick: () => act(from, 'prefer', { notifications: true }) },
        sign('bell'),
        t('console.empty.notify'),
      ),
  );
}

/**
 * @param {Closing} closing
 * @param {Translate} t
 * @param {HTMLElement} from
 */
function closed(closing, t, from) {
  const kept = closing.tickets?.map((number) => `#${number}`).join(', ');
  const text = kept
    ? t('console.closing.kept_text', { tickets: kept })
    : t(`console.closing.${closing.kind === 'ended' ? 'erased' : closing.kind}_text`);
  return emptyState(
    icon('check'),
    t(closingKey(closing), { to: closing.to ?? '' }),
    text,
    h(
      'button',
      { class: 'button narrow', type: 'button', onclick: () => act(from, 'closeEmpty') },
      icon('back'),
      t('console.chats.title'),
    ),
  );
}

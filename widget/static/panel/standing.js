import { fill, h } from '../shared/dom.js';
import { ask } from './context.js';
import { answered, offers } from './facts.js';
import { place } from './waiting.js';

/**
 * What goes on beside the request form, with the way to it: the line, an agent who has come, a desk that has opened.
 *
 * @param {HTMLElement} box
 * @param {import('./model.js').State} state
 * @param {import('../shared/i18n.js').Translate} t
 */
export function standing(box, state, t) {
  const { phase, position, agent, availability, turned } = state;
  const [words, way, more = ''] =
    phase === 'waiting'
      ? [place(position, t), t('chat.to_line'), t('chat.in_line')]
      : phase === 'active' && !answered(state)
        ? [t('chat.here_now', { name: agent?.name ?? t('chat.agent') }), t('panel.back')]
        : phase === 'none' && turned && availability !== 'closed' && offers(state, 'chat')
          ? [t('standing.open_now'), t('standing.open_now.go')]
          : [];
  box.hidden = !words;
  if (box.dataset.shown === words) return;
  box.dataset.shown = words ?? '';
  fill(box, h('p', {}, h('b', {}, words), h('span', {}, more)), h('button', { class: `button small ${more ? '' : 'primary'}`, type: 'button', onclick: () => ask(box, { do: 'go', screen: 'chat' }) }, way));
}

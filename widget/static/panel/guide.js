import { h } from '../shared/dom.js';

const PROMPTS = ['do', 'expect', 'get'];

/**
 * A gentle guide under a text: each prompt begins a paragraph of its own, or leads back to it.
 *
 * @param {HTMLTextAreaElement} text
 * @param {import('../shared/i18n.js').Translate} t
 */
export function guide(text, t) {
  const buttons = PROMPTS.map((prompt) => {
    const words = t(`ticket.guide.${prompt}`);
    return { words, button: h('button', { type: 'button', 'aria-pressed': 'false', onclick: () => begin(text, `${words}:`) }, words) };
  });
  const update = () => {
    for (const { words, button } of buttons) button.setAttribute('aria-pressed', String(place(text, `${words}:`) >= 0));
  };
  text.addEventListener('input', update);
  queueMicrotask(update);
  return h('div', { class: 'guide', role: 'group', 'aria-label': t('ticket.guide') }, h('span', { 'aria-hidden': true }, t('ticket.guide')), ...buttons.map(({ button }) => button));
}

/** Where the paragraph that begins so ends; -1 if there is none. @param {HTMLTextAreaElement} text @param {string} words */
function place({ value }, words) {
  const start = value.startsWith(words) ? 0 : value.indexOf(`\n${words}`);
  if (start < 0) return -1;
  const end = value.indexOf('\n\n', start + words.length);
  return end < 0 ? value.length : end;
}

/** @param {HTMLTextAreaElement} text @param {string} words */
function begin(text, words) {
  if (place(text, words) < 0) {
    const before = text.value.trimEnd();
    text.setRangeText(`${before}${before && '\n\n'}${words} `, 0, text.value.length, 'end');
    text.dispatchEvent(new Event('input', { bubbles: true }));
  } else {
    const at = place(text, words);
    text.setSelectionRange(at, at);
  }
  text.focus();
  text.scrollTop = text.scrollHeight;
}

/** The emoji one can choose from, by pointer or arrows; screen readers know their names. */

import { h } from '../shared/dom.js';

const GROUPS = {
  faces: '😀 😄 😁 😅 😂 🙂 😉 😊 😍 😘 😎 🤔 😐 😏 😌 😴 😕 🙁 😢 😭 😤 😡 😱 😬 🤯 🥳 🤗 🤩 😇 🙃 🤷 🤦',
  hands: '👍 👎 👌 👏 🙌 🙏 👋 💪 ✌️ 🤝 🤞 👀',
  signs: '❤️ 🧡 💛 💚 💙 💜 💔 ✨ ⭐ 🔥 🎉 🎁 ✅ ❌ ❗ ❓ 💡 ⏰',
  things: '☕ 🍕 🎂 🌞 🌧️ ❄️ 🌈 🐱 🐶 🏠 🚗 ✈️ 🏨 💳 📦 📷 📱 💻 📎 🛒',
};

/**
 * @param {import('../shared/i18n.js').Translate} t
 * @param {(emoji: string) => void} take
 * @param {() => void} close without having chosen
 */
export function emojiPicker(t, take, close) {
  /** @type {HTMLButtonElement[]} */
  const all = [];
  /** @param {string} emoji */
  const button = (emoji) => {
    const made = h('button', { type: 'button', tabIndex: all.length ? -1 : 0, onclick: () => take(emoji) }, emoji);
    all.push(made);
    return made;
  };
  const groups = Object.entries(GROUPS).map(([name, emoji]) =>
    h('div', { role: 'group', 'aria-label': t(`chat.emoji.${name}`) }, h('p', { 'aria-hidden': true }, t(`chat.emoji.${name}`)), ...emoji.split(' ').map(button)),
  );
  const picker = h('div', { class: 'emoji-picker', role: 'dialog', 'aria-label': t('chat.emoji') }, ...groups);
  picker.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      event.preventDefault(); // the panel stays open
      return close();
    }
    const at = all.findIndex((one) => one === document.activeElement);
    const to = all[nextOf(all, at, event.key, getComputedStyle(picker).direction === 'rtl')];
    if (!to) return;
    event.preventDefault();
    for (const one of all) one.tabIndex = one === to ? 0 : -1;
    to.focus();
  });
  picker.addEventListener('focusout', ({ relatedTarget }) => {
    if (relatedTarget instanceof Node && !picker.contains(relatedTarget)) close();
  });
  return picker;
}

/**
 * Up and down by where they stand, as rows of groups are not all full.
 *
 * @param {HTMLElement[]} all
 * @param {number} at
 * @param {string} key
 * @param {boolean} rtl
 */
function nextOf(all, at, key, rtl) {
  if (key === 'Home') return 0;
  if (key === 'End') return all.length - 1;
  const step = { ArrowRight: rtl ? -1 : 1, ArrowLeft: rtl ? 1 : -1 }[key];
  if (step) return at + step;
  const way = { ArrowDown: 1, ArrowUp: -1 }[key];
  if (!way) return -1;
  const { offsetTop: top, offsetLeft: left } = all[at];
  const rows = all.map(({ offsetTop }) => offsetTop).filter((one) => (one - top) * way > 0);
  const row = way > 0 ? Math.min(...rows) : Math.max(...rows);
  const within = all.filter(({ offsetTop }) => offsetTop === row);
  return all.indexOf(within.sort((a, b) => Math.abs(a.offsetLeft - left) - Math.abs(b.offsetLeft - left))[0]);
}

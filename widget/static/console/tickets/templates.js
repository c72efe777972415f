/**
 * Answers that are given again and again: chosen by a word of theirs, with the places in them filled in.
 *
 * @import { Translate } from '../../shared/i18n.js'
 * @import { Known } from './known.js'
 */

import { openPicker } from '../picker.js';

/**
 * @param {HTMLElement} anchor
 * @param {Known} known
 * @param {Record<string, string>} values by placeholder
 * @param {Translate} t
 * @param {(text: string) => void} take
 */
export function pickTemplate(anchor, known, values, t, take) {
  const templates = known.templates();
  const choices = templates.then((all) => all.map(({ id, title, text }) => ({ value: id, label: title, about: text.replace(/\s+/g, ' ').slice(0, 160) })));
  const pick = async (/** @type {string} */ id) => {
    const chosen = (await templates).find((one) => one.id === id);
    if (chosen) take(fillIn(chosen.text, values));
  };
  openPicker(anchor, { label: t('console.answer.templates'), choices, search: t('console.answer.template_search'), className: 'templates', pick }, t);
}

/**
 * What is not known goes, with the comma and the space before it: "Hello {name}," becomes "Hello,".
 * @param {string} text
 * @param {Record<string, string>} values
 */
function fillIn(text, values) {
  return text.replace(/(,? )?\{(\w+)\}/g, (_, before = '', name) => (values[name] ? before + values[name] : ''));
}

/**
 * What every element of the panel gets: the page's configuration, the words, and the words not yet sent.
 *
 * @typedef {'required'|'optional'|'absent'} Need
 *
 * @typedef {object} Config the JSON in the page
 * @property {string} site
 * @property {string} title
 * @property {string} locale
 * @property {string[]} locales
 * @property {Record<string, import('../shared/i18n.js').Catalogue>} strings
 * @property {Record<'name'|'phone'|'email'|'question'|'topic', Need>} pre_chat
 * @property {string[]} topics
 * @property {string[]} request_types
 * @property {string[]} importance
 * @property {boolean} sneak_peek
 * @property {{accent: string, accent_text: string, mode: 'auto'|'light'|'dark'}} theme
 * @property {number} max_text
 * @property {boolean} [closed] the desk is, for whom nothing is known of
 *
 * @typedef {object} Context
 * @property {Config} config
 * @property {string} locale
 * @property {import('../shared/i18n.js').Translate} t
 * @property {import('./keep.js').Keep} keep
 * @property {Record<string, string>} prefill
 * @property {boolean} touch
 */

/**
 * An element's wish, for the entry module to act on.
 *
 * @typedef {{do: 'start', fields: Record<string, string>} | {do: 'say', text: string} | {do: 'retry', ref: string} | {do: 'discard', ref: string} | {do: 'typing', draft: string} | {do: 'leave'} | {do: 'end'} | {do: 'rate', score: number}
 *   | {do: 'file', fields: Record<string, string>, include: boolean} | {do: 'go', screen: import('./model.js').Screen} | {do: 'restart'} | {do: 'wait'} | {do: 'close'} | {do: 'open'} | {do: 'connect'} | {do: 'dismiss'}} Wish
 */

/**
 * @param {EventTarget} element
 * @param {Wish} wish
 */
export function ask(element, wish) {
  element.dispatchEvent(new CustomEvent('wish', { detail: wish, bubbles: true }));
}

/**
 * What every element of the panel gets: the page's configuration, the words, and the words not yet sent.
 *
 * @typedef {'required'|'optional'|'absent'} Need
 *
 * @typedef {{name: string, label: string, options: string[], required: boolean}} OwnField
 *
 * @typedef {object} Config the JSON in the page
 * @property {string} site
 * @property {string} title
 * @property {string} locale
 * @property {string[]} locales
 * @property {Record<string, import('../shared/i18n.js').Catalogue>} strings
 * @property {Record<string, string>} choices what the visitor chooses from, where it is called otherwise in their language
 * @property {Record<'name'|'phone'|'email'|'question'|'topic', Need>} pre_chat
 * @property {string[]} topics
 * @property {string[]} request_types
 * @property {string[]} importance
 * @property {boolean} sneak_peek
 * @property {import('../shared/dom.js').Theme} theme
 * @property {number} max_text
 * @property {OwnField[]} fields the site's own, of the request form
 * @property {import('../shared/file-field.js').Limits & {kinds: string[]}} files
 * @property {boolean} [mail] whether letters are sent, codes among them
 * @property {('people'|'phones'|'mails'|'messengers')[]} contacts which kinds there are
 * @property {'all'|'some'|null} help whom there are articles for: everybody, or only some
 * @property {boolean} [closed] the desk is, for whom nothing is known of
 *
 * @typedef {object} Context
 * @property {Config} config
 * @property {string} locale
 * @property {import('../shared/i18n.js').Translate} t
 * @property {(choice: string) => string} named what it is called in the visitor's language
 * @property {import('./keep.js').Keep} keep
 * @property {Record<string, string>} prefill
 * @property {() => string | null} identity the token of who is signed in at the site
 * @property {boolean} touch
 * @property {string} [typing] the field in which the visitor will go on when they come back
 * @property {import('./sound.js').Sound} [sound] once there is a chat
 * @property {typeof import('./menu.js')} [menu] once it and its words are here
 * @property {typeof import('./offers.js').offerArticles} [offerArticles] as well, where there are articles
 */

/**
 * An element's wish, for the entry module to act on.
 *
 * @typedef {{do: 'start', fields: Record<string, string>} | {do: 'say', text: string} | {do: 'retry', ref: string} | {do: 'discard', ref: string} | {do: 'typing', draft: string} | {do: 'leave'} | {do: 'end'} | {do: 'rate', score: number}
 *   | {do: 'file', fields: Record<string, string>, file: string | null, include: boolean} | {do: 'go', screen: import('./model.js').Screen, reading?: number | string, over?: boolean} | {do: 'back'} | {do: 'restart'} | {do: 'wait'} | {do: 'close'} | {do: 'open'} | {do: 'connect'} | {do: 'speak', locale: string} | {do: 'dismiss'}} Wish
 */

/**
 * @param {EventTarget} element
 * @param {Wish} wish
 */
export function ask(element, wish) {
  element.dispatchEvent(new CustomEvent('wish', { detail: wish, bubbles: true }));
}

/**
 * The claims of an identity, as far as forms take them over; only the service checks whether they are true.
 * @param {string | null} token
 * @returns {Record<string, string>} `sub`, `name`, `email`, `phone`, where it has them
 */
export function claimsOf(token) {
  try {
    const payload = (token ?? '').split('.')[1]?.replace(/-/g, '+').replace(/_/g, '/') ?? '';
    const claims = JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(payload), (one) => one.charCodeAt(0))));
    return Object.fromEntries(['sub', 'name', 'email', 'phone'].flatMap((name) => (typeof claims[name] === 'string' ? [[name, claims[name]]] : [])));
  } catch {
    return {};
  }
}

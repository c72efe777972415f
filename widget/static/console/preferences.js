/** How this agent likes the console, kept in the browser: switches only, never a word of a chat. */

const KEY = 'mayfly:console';

/** @typedef {{sound: boolean, notifications: boolean, keys: boolean, theme: 'auto' | 'light' | 'dark'}} Preferences */

/** @type {Preferences} */
const DEFAULTS = { sound: true, notifications: false, keys: true, theme: 'auto' };

/** @returns {Preferences} */
export function readPreferences() {
  try {
    return { ...DEFAULTS, ...JSON.parse(localStorage.getItem(KEY) ?? '{}') };
  } catch {
    return DEFAULTS;
  }
}

/** @param {Preferences} preferences */
export function savePreferences(preferences) {
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences));
  } catch {
    // A browser that forbids storage: the switches last as long as the tab.
  }
}

/**
 * Words from the catalogue, numbers and dates from `Intl`.
 *
 * @typedef {string | Partial<Record<Intl.LDMLPluralRule, string>>} Entry a text, or its plural forms chosen by `params.count`
 * @typedef {Record<string, Entry>} Catalogue
 * @typedef {(key: string, params?: Record<string, string | number>) => string} Translate
 */

/**
 * @param {Catalogue} strings
 * @param {string} locale BCP 47
 * @returns {Translate} a key that is not in the catalogue comes back as it is
 */
export function createTranslate(strings, locale) {
  const plural = new Intl.PluralRules(locale);
  const number = new Intl.NumberFormat(locale);
  return (key, params = {}) => {
    const entry = strings[key] ?? key;
    const text = typeof entry === 'string' ? entry : (entry[plural.select(Number(params.count))] ?? entry.other ?? key);
    return text.replace(/\{(\w+)\}/g, (whole, name) => {
      const value = params[name];
      return typeof value === 'number' ? number.format(value) : (value ?? whole);
    });
  };
}

/**
 * The one of these languages that is asked for, or else another of the same tongue.
 *
 * @param {string} tag BCP 47
 * @param {string[]} locales
 */
export function chooseLocale(tag, locales) {
  const wanted = tag.toLowerCase();
  return locales.find((known) => known.toLowerCase() === wanted) ?? locales.find((known) => known.split('-')[0] === wanted.split('-')[0]);
}

/**
 * @param {Date | string | number} date
 * @param {string} locale
 */
export function formatTime(date, locale) {
  return new Date(date).toLocaleTimeString(locale, { hour: 'numeric', minute: '2-digit' });
}

/**
 * "Today" and "Yesterday" in words, older days as a date.
 *
 * @param {Date | string | number} date
 * @param {string} locale
 */
export function formatDay(date, locale) {
  const day = new Date(date);
  const days = Math.round((new Date().setHours(12, 0, 0, 0) - new Date(day).setHours(12, 0, 0, 0)) / 86_400_000);
  if (days === 0 || days === 1) {
    const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(-days, 'day');
    return words.charAt(0).toLocaleUpperCase(locale) + words.slice(1);
  }
  return day.toLocaleDateString(locale, { day: 'numeric', month: 'long', weekday: 'short' });
}

/**
 * A duration in its one fitting unit: "40 sec", "3 min", "2 hr".
 *
 * @param {number} seconds
 * @param {string} locale
 */
export function formatDuration(seconds, locale) {
  const [value, unit] = seconds < 60 ? [seconds, 'second'] : seconds < 5400 ? [seconds / 60, 'minute'] : [seconds / 3600, 'hour'];
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 0 }).format(Math.round(value));
}

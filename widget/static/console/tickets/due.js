/** When a response is promised, as a word that counts down. */

import { setText } from '../draw.js';

/**
 * @import { Translate } from '../../shared/i18n.js'
 * @import { Due } from './types.js'
 */

const SOON_MS = 4 * 3_600_000;

/**
 * @param {HTMLElement} element
 * @param {Due | null} due
 * @param {number} now ms
 * @param {Translate} t
 * @param {string} locale
 */
export function showDue(element, due, now, t, locale) {
  const kind = stageOf(due, now);
  if (element.className !== `due ${kind}`) element.className = `due ${kind}`;
  setText(element, wordsOf(due, kind, now, t, locale));
  const title = !due ? '' : due.at ? `${t(`console.due.${due.kind}`)}: ${moment(due.at, locale)}` : t('console.due.paused_text');
  if (element.title !== title) element.title = title;
}

/**
 * @param {Due | null} due
 * @param {number} now
 * @returns {'none' | 'paused' | 'calm' | 'soon' | 'overdue'}
 */
export function stageOf(due, now) {
  if (!due) return 'none';
  if (!due.at) return 'paused';
  const left = Date.parse(due.at) - now;
  return left < 0 ? 'overdue' : left < SOON_MS ? 'soon' : 'calm';
}

/**
 * @param {Due | null} due
 * @param {string} kind
 * @param {number} now
 * @param {Translate} t
 * @param {string} locale
 */
function wordsOf(due, kind, now, t, locale) {
  if (!due) return '';
  if (!due.at) return t('console.due.paused');
  const time = formatSpan(Math.abs(Date.parse(due.at) - now), locale);
  return kind === 'overdue' ? t('console.due.overdue', { time }) : t('console.due.in', { time });
}

/**
 * The two largest units that say something: "2d 3h", "1h 05m", "12m".
 * @param {number} ms
 * @param {string} locale
 */
export function formatSpan(ms, locale) {
  const minutes = Math.floor(ms / 60_000);
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24];
  const unit = (/** @type {number} */ value, /** @type {string} */ name) =>
    new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'narrow' }).format(value);
  if (days >= 3) return unit(days, 'day');
  if (days) return hours ? `${unit(days, 'day')} ${unit(hours, 'hour')}` : unit(days, 'day');
  if (hours) return minutes % 60 ? `${unit(hours, 'hour')} ${unit(minutes % 60, 'minute')}` : unit(hours, 'hour');
  return unit(minutes, 'minute');
}

/**
 * @param {string} at RFC 3339
 * @param {string} locale
 */
export function moment(at, locale) {
  return new Date(at).toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'short' });
}

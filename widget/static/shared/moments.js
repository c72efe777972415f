/** Moments in words, by the reader's own calendar and clock. */

import { formatTime } from './i18n.js';

const DAY_MS = 86_400_000;

/**
 * "today", "Monday" or "12 May", with the time; `exact` is the whole date with the time zone.
 *
 * @param {Date | string | number} at
 * @param {{t: import('./i18n.js').Translate, locale: string}} reader
 * @param {number} now
 */
export function moment(at, { t, locale }, now) {
  const date = new Date(at);
  const days = daysUntil(date, now);
  const day =
    days === 0 || days === 1
      ? new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(days, 'day')
      : days > 1 && days < 7
        ? (t('chat.weekdays').split(',')[date.getDay()] ?? '')
        : date.toLocaleDateString(locale, { day: 'numeric', month: 'long' });
  return { day, time: formatTime(date, locale), exact: date.toLocaleString(locale, { dateStyle: 'full', timeStyle: 'long' }) };
}

/**
 * What is past, as short as it stays clear: "5 minutes ago", "14:03", "Yesterday, 14:03", "12 May, 14:03", "12 May 2026".
 *
 * @param {Date} date
 * @param {string} locale
 * @param {number} now
 */
export function shortly(date, locale, now) {
  const days = daysUntil(date, now);
  const minutes = Math.floor((now - date.getTime()) / 60_000);
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  if (minutes < 1) return relative.format(0, 'second');
  if (minutes < 60) return relative.format(-minutes, 'minute');
  if (days === 0) return formatTime(date, locale);
  if (days === -1) return `${relative.format(-1, 'day')}, ${formatTime(date, locale)}`;
  const sameYear = date.getFullYear() === new Date(now).getFullYear();
  return date.toLocaleString(locale, sameYear ? { day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' } : { dateStyle: 'medium' });
}

/**
 * When a day begins where the reader is, not in Greenwich.
 *
 * @param {string} day as 2027-01-31
 * @param {number} later days
 * @returns {string} "" if it is no day
 */
export function midnight(day, later) {
  const [year = NaN, month = NaN, date = NaN] = day.split('-').map(Number);
  const moment = new Date(year, month - 1, date + later);
  return Number.isNaN(moment.getTime()) ? '' : moment.toISOString();
}

/** @param {Date} date @param {number} now */
function daysUntil(date, now) {
  return Math.round((new Date(date).setHours(12, 0, 0, 0) - new Date(now).setHours(12, 0, 0, 0)) / DAY_MS);
}

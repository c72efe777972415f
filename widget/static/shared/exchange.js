/**
 * A request and all that was said about it, as elements; `templates/ticket.html` writes the same without JavaScript.
 *
 * @typedef {'open'|'pending'|'solved'|'closed'} Status
 * @typedef {{name: string, size: number, media_type: string, link?: string}} File
 * @typedef {{id: number, kind: 'reply'|'change', author: 'customer'|'agent'|'service', name: string | null, text: string | null, status: Status | null, file: File | null, created_at: string}} Entry
 * @typedef {object} Ticket
 * @property {number} number
 * @property {string} subject
 * @property {string | null} topic
 * @property {string | null} request_type
 * @property {string | null} importance
 * @property {Status} status
 * @property {{name: string | null, email: string | null, phone: string | null}} requester
 * @property {'customer'|'agent'} author
 * @property {string | null} author_name
 * @property {string} body
 * @property {Record<string, string>} fields
 * @property {{author: 'visitor'|'agent'|'system', text: string, at: string, name?: string}[] | null} transcript
 * @property {File | null} file
 * @property {Entry[]} entries
 * @property {string} created_at
 * @property {string} updated_at
 * @property {string | null} reply_by
 * @property {number | null} [merged_into] where it goes on, if the reader may see that
 *
 * @typedef {object} Reading how it is shown
 * @property {import('./i18n.js').Translate} t
 * @property {string} locale
 * @property {(choice: string) => string} named what was chosen, as it is called in the reader's language
 * @property {Record<string, string>} labels of the site's own fields
 * @property {boolean} unfolded the conversation is
 * @property {'h1'|'h2'} heading of the subject
 */

import { h, initials } from './dom.js';
import { icon } from './icons.js';
import { fileLink } from './file-look.js';
import { linkify } from './linkify.js';
import { moment, shortly } from './moments.js';
import { withPicture } from './preview.js';

/** @param {Status} status @param {import('./i18n.js').Translate} t */
export function badge(status, t) {
  return h('span', { class: `badge ${status}` }, t(`page.status.${status}`));
}

/** Number, subject, where it stands, and when it is answered. @param {Ticket} ticket @param {Reading} reading */
export function title({ number, subject, status, reply_by }, { t, locale, heading }) {
  const by = status === 'open' && reply_by && Date.parse(reply_by) > Date.now() ? moment(reply_by, { t, locale }, Date.now()) : null;
  return h(
    'header',
    {},
    h('p', { class: 'number' }, t('page.ticket.title', { number: String(number) })),
    h(heading, { class: 'subject', tabIndex: -1, dir: 'auto' }, subject),
    h('p', { class: 'status-line' }, badge(status, t), h('span', { title: by?.exact }, by ? t('request.reply_by', by) : t(`page.status_text.${status}`))),
  );
}

/** What is known about it. @param {Ticket} ticket @param {Reading} reading */
export function facts(ticket, { t, named, locale, labels }) {
  const { topic, request_type, importance, requester, fields, created_at, updated_at } = ticket;
  /** @type {[string, import('./dom.js').Child][]} */
  const rows = [
    [t('page.ticket.filed'), time(created_at, locale)],
    [t('page.ticket.updated'), updated_at !== created_at && time(updated_at, locale)],
    [t('page.ticket.topic'), topic && named(topic)],
    [t('page.ticket.request_type'), request_type && named(request_type)],
    [t('page.ticket.importance'), importance && named(importance)],
    ...Object.entries(fields).map(([name, text]) => /** @type {[string, string]} */ ([labels[name] ?? ownWord(`request.field.${name}`, name, t), named(text)])),
    [t('page.ticket.requester'), [requester.name, requester.email, requester.phone].filter(Boolean).join(', ')],
  ];
  return h('dl', { class: 'facts' }, ...rows.filter(([, value]) => value).map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', { dir: 'auto' }, value))));
}

/** The request and everything after it, in order. @param {Ticket} ticket @param {Reading} reading */
export function exchange(ticket, reading) {
  const first = { author: ticket.author, name: ticket.author === 'agent' ? ticket.author_name : ticket.requester.name, text: ticket.body, file: ticket.file, created_at: ticket.created_at };
  return h('ol', { class: 'exchange' }, letter(first, reading, ticket.transcript), ...ticket.entries.map((entry) => (entry.kind === 'change' ? step(entry, reading) : letter(entry, reading, null))));
}

/**
 * @param {Pick<Entry, 'author'|'name'|'text'|'file'|'created_at'>} entry
 * @param {Reading} reading
 * @param {Ticket['transcript']} transcript
 */
function letter({ author, name, text, file, created_at }, { t, locale, unfolded }, transcript) {
  const own = author === 'customer';
  const who = own ? t('page.ticket.you') : (name ?? t('page.ticket.agent'));
  return h(
    'li',
    { class: `letter ${own ? 'own' : 'theirs'}` },
    h('p', { class: 'who' }, h('span', { class: 'avatar', 'aria-hidden': true }, initials(own ? (name ?? who) : who)), h('b', {}, who), time(created_at, locale)),
    h('div', { class: 'words', dir: 'auto' }, ...linkify(text ?? '')),
    file && withPicture(file, fileLink(file, t, locale), t),
    transcript && conversation(transcript, { t, locale, unfolded }),
  );
}

/** A status that was set. @param {Entry} entry @param {Reading} reading */
function step({ author, name, status, created_at }, { t, locale }) {
  const who = author === 'customer' ? 'you' : author === 'agent' && name ? 'agent' : 'service';
  const words = t(`request.step.${who}.${status}`, { name: name ?? '' });
  return h('li', { class: 'step' }, icon(status === 'open' ? 'retry' : status === 'pending' ? 'clock' : 'check'), h('span', {}, words, ' ', time(created_at, locale)));
}

/** @param {NonNullable<Ticket['transcript']>} lines @param {Pick<Reading, 't'|'locale'|'unfolded'>} reading */
function conversation(lines, { t, locale, unfolded }) {
  const rows = lines.map(({ author, name, text, at }) =>
    author === 'system'
      ? h('li', { class: 'system' }, t(`chat.system.${text}`, { name: name ?? '' }))
      : h('li', { class: author }, h('p', { class: 'who' }, h('b', {}, author === 'visitor' ? t('page.ticket.you') : (name ?? t('page.ticket.agent'))), time(at, locale)), h('p', { class: 'words', dir: 'auto' }, ...linkify(text))),
  );
  return h('details', { class: 'transcript', open: unfolded }, h('summary', {}, t('page.ticket.transcript'), h('span', { class: 'count' }, String(lines.length))), h('ol', {}, ...rows));
}

/** @param {string} at @param {string} locale */
function time(at, locale) {
  const date = new Date(at);
  return h('time', { dateTime: at, title: date.toLocaleString(locale, { dateStyle: 'full', timeStyle: 'short' }) }, shortly(date, locale, Date.now()));
}

/** @param {string} key @param {string} otherwise @param {import('./i18n.js').Translate} t */
function ownWord(key, otherwise, t) {
  const words = t(key);
  return words === key ? otherwise : words;
}

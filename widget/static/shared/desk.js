/**
 * The service's HTTP API, for people with a request.
 *
 * @typedef {import('./exchange.js').Ticket} Ticket
 * @typedef {{number: number, subject: string, topic: string | null, status: import('./exchange.js').Status, created_at: string, updated_at: string}} Summary
 * @typedef {{number: number, key: string, link: string, reply_within: string | null, reply_by: string | null}} Filed
 * @typedef {{open: boolean, opens_at: string | null, closes_at: string | null} | null} Hours null where nothing is said of them
 * @typedef {object} Contacts
 * @property {{role: string, name: string | null, phone: string | null, email: string | null, photo: string | null, hours: Hours}[]} people
 * @property {{country: string, number: string, hours: Hours}[]} phones
 * @property {{subject: string, address: string, hours: Hours}[]} mails
 * @property {{app: string, link: string, hours: Hours}[]} messengers
 * @typedef {{status?: string, topic?: string, from?: string, to?: string, cursor?: string}} Filter
 */

/** What was refused, by the service's own code, or `offline` when it could not be asked. */
export class Problem extends Error {
  /**
   * @param {string} code
   * @param {Record<string, string>} [faults] codes by field
   * @param {string} [told] the site's own words on it
   */
  constructor(code, faults = {}, told) {
    super(code);
    this.code = code;
    this.faults = faults;
    this.told = told;
  }

  /** Whether it passes by itself. */
  get passes() {
    return this.code === 'offline' || this.code === 'unavailable';
  }
}

/**
 * @param {string} text the body of an answer that refuses
 * @param {number} status
 */
export function problemOf(text, status) {
  try {
    const { code, errors = [], told } = JSON.parse(text);
    const faults = Object.fromEntries(errors.map((/** @type {{field: string, code: string}} */ one) => [one.field, one.code]));
    return new Problem(code, faults, told);
  } catch {
    return new Problem(status >= 500 ? 'unavailable' : 'invalid'); // a proxy's own page
  }
}

/**
 * @param {string} method
 * @param {string} path
 * @param {string | null} bearer
 * @param {object} [body]
 * @returns {Promise<any>} raises a Problem
 */
export async function call(method, path, bearer, body) {
  /** @type {Record<string, string>} */
  const headers = bearer ? { Authorization: `Bearer ${bearer}` } : {};
  if (body) headers['Content-Type'] = 'application/json';
  let answer, text;
  try {
    answer = await fetch(path, { method, headers, body: body && JSON.stringify(body), cache: 'no-store', credentials: 'omit' });
    text = await answer.text();
  } catch {
    throw new Problem('offline');
  }
  if (!answer.ok) throw problemOf(text, answer.status);
  return text ? JSON.parse(text) : null;
}

/** Somebody's requests at a site: their own by `bearer`, or single ones by their keys. */
export class Desk {
  /**
   * @param {string} site
   * @param {() => string | null} bearer an identity, or what a mailed code was exchanged for
   */
  constructor(site, bearer = () => null) {
    this.base = `/api/sites/${encodeURIComponent(site)}`;
    this.bearer = bearer;
  }

  /** @param {object} form @returns {Promise<Filed>} */
  file(form) {
    return call('POST', `${this.base}/tickets`, this.bearer(), form);
  }

  /** @param {Filter} filter @returns {Promise<{tickets: Summary[], next: string | null}>} */
  list(filter) {
    const given = Object.entries(filter).filter(([, value]) => value);
    return call('GET', `${this.base}/tickets?${new URLSearchParams(given)}`, this.bearer());
  }

  /** @param {number} number @param {string | null} key @returns {Promise<Ticket>} */
  read(number, key) {
    return call('GET', this.#path(number, '', key), this.bearer());
  }

  /** @param {number} number @param {string | null} key @param {{text: string, ref: string, file?: string}} answer @returns {Promise<Ticket>} */
  reply(number, key, answer) {
    return call('POST', this.#path(number, '/replies', key), this.bearer(), answer);
  }

  /** @param {number} number @param {string | null} key @param {'solved'|'open'} status @returns {Promise<Ticket>} */
  settle(number, key, status) {
    return call('PATCH', this.#path(number, '', key), this.bearer(), { status });
  }

  /** Where else to turn. @param {string} locale @returns {Promise<Contacts>} */
  contacts(locale) {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    return call('GET', `${this.base}/contacts?${new URLSearchParams({ locale, time_zone: timeZone })}`, this.bearer());
  }

  /** What support has told of and they have not dealt with. @returns {Promise<{unread: number}>} */
  notified() {
    return call('GET', `${this.base}/notifications`, this.bearer());
  }

  /** Has a code mailed. @param {string} email @param {string} locale @returns {Promise<null>} */
  sendCode(email, locale) {
    return call('POST', `${this.base}/codes`, null, { email, locale });
  }

  /** @param {string} email @param {string} code @returns {Promise<{token: string, expires_at: string}>} */
  enter(email, code) {
    return call('POST', `${this.base}/access`, null, { email, code });
  }

  /** @param {number} number @param {string} verb @param {string | null} key */
  #path(number, verb, key) {
    return `${this.base}/tickets/${number}${verb}${key ? `?key=${encodeURIComponent(key)}` : ''}`;
  }
}

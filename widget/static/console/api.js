/** The console's HTTP calls; a refusal becomes a `Problem` with the stable code of `errors.py`. */

/**
 * @import { Articles, Comment, Miss, Rating, Results } from './help/types.js'
 * @import { Filter } from './tickets/filter.js'
 * @import { Bulk, Colleague, FullTicket, KeptFile, NewTicket, Page, PromiseRow, SavedView, Template, TicketChanges } from './tickets/types.js'
 */

import { midnight } from '../shared/moments.js';

export class Problem extends Error {
  /**
   * @param {string} code
   * @param {number} status 0: the service was not reached
   * @param {{field: string, code: string, message: string}[]} [errors] the fields at fault
   */
  constructor(code, status, errors = []) {
    super(code);
    this.code = code;
    this.status = status;
    this.errors = errors;
  }
}

export class Api {
  #csrf;

  /** @param {string} csrf */
  constructor(csrf) {
    this.#csrf = csrf;
  }

  /**
   * @param {Filter} filter
   * @param {string | null} cursor
   * @param {AbortSignal} [signal]
   * @returns {Promise<Page>}
   */
  tickets(filter, cursor, signal) {
    const query = new URLSearchParams({ ...filter, ...(cursor ? { cursor } : {}) });
    if (filter.from) query.set('from', midnight(filter.from, 0) || filter.from);
    if (filter.to) query.set('to', midnight(filter.to, 1) || filter.to);
    return this.#call('GET', `/api/tickets?${query}`, undefined, signal);
  }

  /** How many wait in each queue. @returns {Promise<{queues: Record<string, number>}>} */
  counts() {
    return this.#call('GET', '/api/tickets/counts');
  }

  /**
   * @param {string} site
   * @param {number} number
   * @param {AbortSignal} [signal]
   * @returns {Promise<FullTicket>}
   */
  ticket(site, number, signal) {
    return this.#call('GET', pathOf(site, number), undefined, signal);
  }

  /**
   * @param {string} site
   * @param {number} number
   * @param {TicketChanges & {version?: number, ref?: string}} changes
   * @returns {Promise<FullTicket>}
   */
  changeTicket(site, number, changes) {
    return this.#call('PATCH', pathOf(site, number), changes);
  }

  /**
   * @param {{site: string, number: number, version: number}[]} tickets
   * @param {TicketChanges} changes
   * @returns {Promise<Bulk>}
   */
  changeTickets(tickets, changes) {
    return this.#call('PATCH', '/api/tickets', { tickets, ...changes });
  }

  /**
   * @param {string} site
   * @param {number} number
   * @param {'replies' | 'notes'} kind
   * @param {{text: string, ref: string, status?: string, file?: string, version?: number}} words
   * @returns {Promise<FullTicket>}
   */
  write(site, number, kind, words) {
    return this.#call('POST', pathOf(site, number, `/${kind}`), words);
  }

  /** @param {NewTicket} ticket @returns {Promise<FullTicket>} */
  fileTicket(ticket) {
    return this.#call('POST', '/api/tickets', ticket);
  }

  /**
   * What a merge would do.
   *
   * @param {string} site
   * @param {number} number
   * @param {number} into
   * @param {AbortSignal} [signal]
   * @returns {Promise<{same_requester: boolean}>}
   */
  compareTickets(site, number, into, signal) {
    return this.#call('GET', pathOf(site, number, '/merge') + `&into=${into}`, undefined, signal);
  }

  /**
   * @param {string} site
   * @param {number} number
   * @param {number} into
   * @param {string} ref
   * @returns {Promise<FullTicket>} the one that is left
   */
  mergeTicket(site, number, into, ref) {
    return this.#call('POST', pathOf(site, number, '/merge'), { into, ref });
  }

  /** @returns {Promise<Colleague[]>} */
  people() {
    return this.#call('GET', '/api/people');
  }

  /** @returns {Promise<Template[]>} */
  templates() {
    return this.#call('GET', '/api/templates');
  }

  /** @param {{id?: string, title: string, text: string}} template without an `id` it is new @returns {Promise<Template>} */
  saveTemplate({ id, title, text }) {
    return id ? this.#call('PATCH', `/api/templates/${id}`, { title, text }) : this.#call('POST', '/api/templates', { title, text });
  }

  /** @param {string} id @returns {Promise<void>} */
  deleteTemplate(id) {
    return this.#call('DELETE', `/api/templates/${id}`);
  }

  /**
   * Help articles of a site: the contents.
   *
   * @param {string} site
   * @param {string | null | undefined} locale
   * @param {AbortSignal} [signal]
   * @returns {Promise<Articles>}
   */
  articles(site, locale, signal) {
    return this.#call('GET', `/api/articles?${new URLSearchParams({ site, locale: locale ?? '' })}`, undefined, signal);
  }

  /**
   * What a search finds among them. The words are of a draft: they are in no address, which a proxy may log.
   *
   * @param {string} site
   * @param {string} q
   * @param {string | null | undefined} locale
   * @param {AbortSignal} [signal]
   * @returns {Promise<Results>}
   */
  searchArticles(site, q, locale, signal) {
    return this.#call('POST', `/api/searches?${new URLSearchParams({ site, locale: locale ?? '' })}`, { q }, signal);
  }

  /** @param {'pending' | 'approved'} state @returns {Promise<Comment[]>} */
  comments(state) {
    return this.#call('GET', `/api/comments?state=${state}`);
  }

  /** @returns {Promise<{waiting: number}>} */
  countComments() {
    return this.#call('GET', '/api/reports/comments');
  }

  /** @param {string} id @param {boolean} approved @returns {Promise<Comment>} */
  approveComment(id, approved) {
    return this.#call('PATCH', `/api/comments/${id}`, { approved });
  }

  /** Unless a colleague has approved it. @param {string} id @returns {Promise<void>} */
  rejectComment(id) {
    return this.#call('DELETE', `/api/comments/${id}?state=pending`);
  }

  /** @param {string} site @returns {Promise<Rating[]>} */
  ratings(site) {
    return this.#call('GET', `/api/reports/articles?${new URLSearchParams({ site })}`);
  }

  /** @param {string} site @returns {Promise<Miss[]>} */
  missedSearches(site) {
    return this.#call('GET', `/api/reports/searches?${new URLSearchParams({ site })}`);
  }

  /** @returns {Promise<SavedView[]>} */
  views() {
    return this.#call('GET', '/api/views');
  }

  /** @param {{title: string, query: string}} view @returns {Promise<SavedView>} */
  saveView(view) {
    return this.#call('POST', '/api/views', view);
  }

  /** @param {string} id @returns {Promise<void>} */
  deleteView(id) {
    return this.#call('DELETE', `/api/views/${id}`);
  }

  /** @param {{from: string, to: string}} range dates @returns {Promise<PromiseRow[]>} */
  promises(range) {
    return this.#call('GET', `/api/reports/promises?${new URLSearchParams(range)}`);
  }

  /**
   * Sends a file ahead of the words it belongs to. Not `fetch`, which tells nothing of its progress.
   * @param {string} site
   * @param {File} file
   * @param {{signal: AbortSignal, progress: (part: number) => void}} options `progress` hears numbers from 0 to 1
   * @returns {Promise<KeptFile>}
   */
  upload(site, file, { signal, progress }) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      const form = new FormData();
      form.append('file', file);
      request.open('POST', `/api/files?site=${encodeURIComponent(site)}`);
      request.responseType = 'json';
      request.setRequestHeader('Accept', 'application/json');
      request.setRequestHeader('X-CSRF-Token', this.#csrf);
      request.upload.onprogress = ({ loaded, total, lengthComputable }) => void (lengthComputable && progress(loaded / total));
      request.onload = () => {
        const { status, response } = request;
        if (status >= 200 && status < 300) resolve(response);
        else reject(problemOf(status, response));
      };
      request.onerror = () => reject(new Problem('unavailable', 0));
      signal.addEventListener('abort', () => request.abort());
      request.send(form);
    });
  }

  /** @returns {Promise<void>} */
  signOut() {
    return this.#call('DELETE', '/api/session');
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   * @param {AbortSignal} [signal]
   * @returns {Promise<any>}
   */
  async #call(method, path, body, signal) {
    /** @type {Response} */
    let response;
    try {
      response = await fetch(path, {
        method,
        signal,
        headers: { Accept: 'application/json', 'Content-Type': 'application/json', 'X-CSRF-Token': this.#csrf },
        body: body && JSON.stringify(body),
      });
    } catch (reason) {
      if (signal?.aborted) throw reason;
      throw new Problem('unavailable', 0);
    }
    const answer = response.status === 204 ? null : await response.json().catch(() => null);
    if (!response.ok) throw problemOf(response.status, answer);
    return answer;
  }
}

/**
 * What a refusal is called, whatever was thrown.
 * @param {unknown} reason
 */
export function codeOf(reason) {
  return reason instanceof Problem ? reason.code : 'unavailable';
}

/**
 * What the service says of the first field at fault, if it does.
 * @param {unknown} reason
 */
export function wordsOf(reason) {
  return reason instanceof Problem ? reason.errors[0]?.message : undefined;
}

/**
 * @param {number} status
 * @param {any} answer
 */
function problemOf(status, answer) {
  return new Problem(answer?.code ?? 'unavailable', status, answer?.errors);
}

/**
 * @param {string} site
 * @param {number} number
 * @param {string} [rest]
 */
function pathOf(site, number, rest = '') {
  return `/api/tickets/${number}${rest}?site=${encodeURIComponent(site)}`;
}

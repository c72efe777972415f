/** The console's HTTP calls; a refusal becomes a `Problem` with the stable code of `errors.py`. */

/** @typedef {{site: string, number: number, subject: string, status: string, topic: string | null, request_type: string | null, importance: string | null,
 *   requester: {name: string | null, email: string | null, phone: string | null}, created_at: string, updated_at: string, agent: string | null}} Ticket */
/** @typedef {{author: string, name: string | null, text: string, at: string}} TranscriptLine */
/** @typedef {Ticket & {body: string, transcript: TranscriptLine[] | null}} FullTicket */

export class Problem extends Error {
  /**
   * @param {string} code
   * @param {number} status
   */
  constructor(code, status) {
    super(code);
    this.code = code;
    this.status = status;
  }
}

export class Api {
  #csrf;

  /** @param {string} csrf */
  constructor(csrf) {
    this.#csrf = csrf;
  }

  /**
   * @param {{status?: string, q?: string, cursor?: string}} filter
   * @param {AbortSignal} [signal]
   * @returns {Promise<{tickets: Ticket[], next: string | null}>}
   */
  tickets(filter, signal) {
    const query = new URLSearchParams(Object.entries(filter).filter(([, value]) => value));
    return this.#call('GET', `/api/tickets?${query}`, undefined, signal);
  }

  /**
   * @param {string} site
   * @param {number} number
   * @param {AbortSignal} [signal]
   * @returns {Promise<FullTicket>}
   */
  ticket(site, number, signal) {
    return this.#call('GET', `/api/tickets/${number}?site=${encodeURIComponent(site)}`, undefined, signal);
  }

  /**
   * @param {string} site
   * @param {number} number
   * @param {{status?: string, topic?: string}} fields
   * @returns {Promise<Ticket>}
   */
  changeTicket(site, number, fields) {
    return this.#call('PATCH', `/api/tickets/${number}?site=${encodeURIComponent(site)}`, fields);
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
    if (!response.ok) throw new Problem(answer?.code ?? 'unavailable', response.status);
    return answer;
  }
}

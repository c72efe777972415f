/**
 * Lines that were said here and not yet acknowledged.
 *
 * `Pending` is a value: every change returns a new one, so that it can live in a store's state. A line stays until the
 * event with its `ref` arrives; `fail` keeps it, with the reason, for the person to try again.
 *
 * @template {{ref: string, failed?: string}} Line
 */
export class Pending {
  /** @param {readonly Line[]} [lines] in the order they were said */
  constructor(lines = []) {
    this.lines = lines;
  }

  /**
   * @param {Line} line
   * @returns {Pending<Line>}
   */
  add(line) {
    return new Pending([...this.lines, line]);
  }

  /**
   * @param {string | undefined} ref
   * @returns {Pending<Line>}
   */
  acknowledge(ref) {
    return this.has(ref) ? new Pending(this.lines.filter((line) => line.ref !== ref)) : this;
  }

  /**
   * @param {string} ref
   * @param {string} code
   * @returns {Pending<Line>}
   */
  fail(ref, code) {
    return this.#change(ref, code);
  }

  /**
   * @param {string} ref
   * @returns {Pending<Line>}
   */
  retry(ref) {
    return this.#change(ref, undefined);
  }

  /** @param {string | undefined} ref */
  has(ref) {
    return this.lines.some((line) => line.ref === ref);
  }

  /** What to send again after a `welcome`, in order; failed lines wait for their author. */
  unacknowledged() {
    return this.lines.filter((line) => !line.failed);
  }

  /**
   * @param {string} ref
   * @param {string | undefined} failed
   */
  #change(ref, failed) {
    return new Pending(this.lines.map((line) => (line.ref === ref ? { ...line, failed } : line)));
  }
}

/** A fresh `ref`. Not `randomUUID`, which plain-http pages on a local network don't have. */
export function newRef() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** One timer for each name; starting it again begins it anew. */
export class Timers {
  /** @type {Map<string, ReturnType<typeof setTimeout>>} */ #running = new Map();

  /** @param {string} name @param {number} ms @param {() => void} then */
  start(name, ms, then) {
    this.stop(name);
    const run = () => {
      this.#running.delete(name);
      then();
    };
    this.#running.set(name, setTimeout(run, ms));
  }

  /** @param {string} name */
  stop(name) {
    clearTimeout(this.#running.get(name));
    this.#running.delete(name);
  }

  /** @param {string} name */
  runs(name) {
    return this.#running.has(name);
  }
}

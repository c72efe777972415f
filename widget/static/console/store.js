/**
 * The one place the state lives: a step goes in, everyone who listens hears that there is a new value.
 * @template Value
 */
export class Store extends EventTarget {
  #value;

  /** @param {Value} value */
  constructor(value) {
    super();
    this.#value = value;
  }

  get value() {
    return this.#value;
  }

  /** @param {(value: Value) => Value} step */
  change(step) {
    const before = this.#value;
    this.#value = step(before);
    if (this.#value !== before) this.dispatchEvent(new Event('change'));
  }

  /**
   * Resolves once a value is as wanted, or the time is over.
   * @param {(value: Value) => boolean} wanted
   * @param {number} ms
   * @returns {Promise<void>}
   */
  until(wanted, ms) {
    return new Promise((resolve) => {
      const done = () => {
        this.removeEventListener('change', look);
        clearTimeout(timer);
        resolve();
      };
      const look = () => void (wanted(this.#value) && done());
      const timer = setTimeout(done, ms);
      this.addEventListener('change', look);
      look();
    });
  }
}

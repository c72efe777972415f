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
}

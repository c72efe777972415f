/** A soft note when somebody has come or written and the visitor does not look; off until they switch it on, for as long as the tab lives. */

/**
 * @import { Keep } from './keep.js'
 * @import { State } from './model.js'
 */

const NOTES = { written: [783.99], come: [659.25, 987.77] }; // Hz

export class Sound {
  #keep;
  /** @type {AudioContext | null} */ #audio = null;

  /** @param {Keep} keep */
  constructor(keep) {
    this.#keep = keep;
  }

  get on() {
    return this.#keep.get('sound') === true;
  }

  /** By the visitor's own hand, which also allows the page to sound; once, so that they know how. */
  toggle() {
    this.#keep.set('sound', this.on ? null : true);
    if (this.on) this.#play(NOTES.written);
  }

  /**
   * @param {State} before
   * @param {State} state
   */
  hear(before, state) {
    if (!this.on) return;
    if (before.phase === 'waiting' && state.phase === 'active') return this.#play(NOTES.come);
    const last = state.messages.at(-1);
    const written = before.phase === 'active' && state.messages.length > before.messages.length && last?.author === 'agent';
    const looks = state.open && document.visibilityState === 'visible' && document.hasFocus();
    if (written && !looks) this.#play(NOTES.written);
  }

  /** @param {number[]} notes */
  #play(notes) {
    const audio = (this.#audio ??= new AudioContext());
    void audio.resume();
    notes.forEach((frequency, at) => {
      const start = audio.currentTime + at * 0.13;
      const tone = new OscillatorNode(audio, { frequency });
      const volume = new GainNode(audio, { gain: 0 });
      volume.gain.setValueAtTime(0, start);
      volume.gain.linearRampToValueAtTime(0.14, start + 0.015);
      volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.45);
      tone.connect(volume).connect(audio.destination);
      tone.start(start);
      tone.stop(start + 0.5);
    });
  }
}

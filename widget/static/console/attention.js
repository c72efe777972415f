/** Calling the agent back to the tab: sound, title, favicon, desktop notification. None of them carries a word of a chat. */

const FAVICON_SIZE = 64;
/** In Hz. Two soft notes rise for a chat, one is a message, three ask for an answer. */
const SOUNDS = { chat: [659.25, 987.77], message: [783.99], ring: [587.33, 739.99, 880] };
const RING_EVERY_MS = 4000;

export class Attention {
  /** @type {AudioContext | null} */
  #audio = null;
  #badge = '';
  #rangAt = 0;
  /** @type {Map<string, Notification>} */
  #notes = new Map();
  #title = document.title;
  /** @type {HTMLLinkElement | null} */
  #icon = document.querySelector('link[rel="icon"]');
  #plainIcon = this.#icon?.href ?? '';

  /** Browsers let a page sound only after a gesture: the first one prepares it. */
  listen() {
    const prepare = () => {
      this.#audio ??= new AudioContext();
      if (this.#audio.state === 'suspended') void this.#audio.resume();
    };
    addEventListener('pointerdown', prepare, { once: true });
    addEventListener('keydown', prepare, { once: true });
  }

  /** @param {keyof typeof SOUNDS} sound */
  play(sound) {
    const audio = this.#audio;
    if (!audio || audio.state !== 'running') return;
    SOUNDS[sound].forEach((frequency, at) => this.#sound(audio, frequency, audio.currentTime + at * 0.13));
  }

  /**
   * Called every second: rings now and then for as long as it is to.
   * @param {boolean} on
   * @param {number} now ms
   */
  ring(on, now) {
    if (on && now - this.#rangAt < RING_EVERY_MS) return;
    this.#rangAt = on ? now : 0;
    if (on) this.play('ring');
  }

  /**
   * @param {AudioContext} audio
   * @param {number} frequency Hz
   * @param {number} start s, on the context's clock
   */
  #sound(audio, frequency, start) {
    const tone = new OscillatorNode(audio, { type: 'sine', frequency });
    const volume = new GainNode(audio, { gain: 0 });
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(0.16, start + 0.015);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.45);
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(start + 0.5);
  }

  /**
   * @param {number} count unread messages and chats that ring
   * @param {string} words stand in the title in place of the count; "": nothing rings
   */
  badge(count, words) {
    if (`${count} ${words}` === this.#badge) return;
    this.#badge = `${count} ${words}`;
    document.title = words ? `${words} · ${this.#title}` : count > 0 ? `(${count}) ${this.#title}` : this.#title;
    if (this.#icon) this.#icon.href = count > 0 ? drawBadge(count) : this.#plainIcon;
  }

  /**
   * @param {string} words says that something came, never what
   * @param {string} tag a newer one with the same tag replaces it
   * @param {() => void} onclick
   */
  notify(words, tag, onclick) {
    if (!('Notification' in window) || Notification.permission !== 'granted') return;
    try {
      const notification = new Notification(this.#title, { body: words, tag, icon: this.#plainIcon });
      this.#notes.set(tag, notification);
      notification.onclose = () => this.#notes.delete(tag);
      notification.onclick = () => {
        window.focus();
        this.unnotify(tag);
        onclick();
      };
    } catch {
      // Chrome on Android has the class but only lets service workers notify.
    }
  }

  /** @param {string} tag */
  unnotify(tag) {
    this.#notes.get(tag)?.close();
  }
}

/** @returns {Promise<boolean>} whether the browser will show notifications */
export async function askToNotify() {
  if (!('Notification' in window)) return false;
  return (await Notification.requestPermission()) === 'granted';
}

/** @param {number} count */
function drawBadge(count) {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = FAVICON_SIZE;
  const pen = canvas.getContext('2d');
  if (!pen) return '';
  pen.fillStyle = '#e11d48';
  pen.beginPath();
  pen.arc(32, 32, 31, 0, 2 * Math.PI);
  pen.fill();
  pen.fillStyle = '#fff';
  pen.font = '700 40px system-ui, sans-serif';
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  pen.fillText(count > 9 ? '9+' : String(count), 32, 35);
  return canvas.toDataURL('image/png');
}

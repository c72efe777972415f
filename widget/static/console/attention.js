/** Calling the agent back to the tab: sound, title, favicon, desktop notification. None of them carries a word of a chat. */

const FAVICON_SIZE = 64;

export class Attention {
  /** @type {AudioContext | null} */
  #audio = null;
  #badge = -1;
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

  /**
   * Two soft notes rising for a chat, one for a message.
   * @param {'chat' | 'message'} kind
   */
  play(kind) {
    const audio = this.#audio;
    if (!audio || audio.state !== 'running') return;
    const notes = kind === 'chat' ? [659.25, 987.77] : [783.99];
    notes.forEach((frequency, at) => this.#ring(audio, frequency, audio.currentTime + at * 0.13));
  }

  /**
   * @param {AudioContext} audio
   * @param {number} frequency Hz
   * @param {number} start s, on the context's clock
   */
  #ring(audio, frequency, start) {
    const tone = new OscillatorNode(audio, { type: 'sine', frequency });
    const volume = new GainNode(audio, { gain: 0 });
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(0.16, start + 0.015);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.45);
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(start + 0.5);
  }

  /** @param {number} count unread messages */
  badge(count) {
    if (count === this.#badge) return;
    this.#badge = count;
    document.title = count > 0 ? `(${count}) ${this.#title}` : this.#title;
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
      notification.onclick = () => {
        window.focus();
        notification.close();
        onclick();
      };
    } catch {
      // Chrome on Android has the class but only lets service workers notify.
    }
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

import { h, fill } from '../shared/dom.js';
import { ask } from './context.js';
import { offers, sectionsOf, startable } from './facts.js';
import { PreChatForm } from './form.js';
import { Head } from './head.js';

/**
 * @typedef {'form'|'talk'|'ticket'|'left'|'notice'|'requests'|'contacts'|'help'} View
 * @typedef {import('./talk.js').Talk | import('./ticket.js').TicketForm | import('./left.js').TicketLeft | import('./notice.js').Notice | import('./requests.js').Requests | import('./contacts.js').ContactList | import('./help.js').Help | PreChatForm} ViewElement
 */

/** The form is there at once; the rest comes while the visitor still types. @type {Record<View, () => Promise<new () => ViewElement>>} */
const VIEWS = {
  form: async () => PreChatForm,
  talk: async () => (await Promise.all([import('./talk.js'), styled('panel/talk.css'), styled('shared/thread.css')]))[0].Talk,
  ticket: async () => (await Promise.all([import('./ticket.js'), styled('panel/talk.css'), styled('shared/file.css')]))[0].TicketForm,
  left: async () => (await Promise.all([import('./left.js'), styled('panel/talk.css')]))[0].TicketLeft,
  notice: async () => (await Promise.all([import('./notice.js'), styled('panel/talk.css')]))[0].Notice,
  requests: async () => (await Promise.all([import('./requests.js'), styled('panel/talk.css'), styled('panel/requests.css'), styled('shared/file.css'), styled('shared/preview.css'), styled('shared/request.css')]))[0].Requests,
  contacts: async () => (await Promise.all([import('./contacts.js'), styled('panel/requests.css'), styled('panel/contacts.css')]))[0].ContactList,
  help: async () => (await Promise.all([import('./help.js'), styled('panel/requests.css'), styled('shared/search.css'), styled('shared/prose.css'), styled('panel/help.css')]))[0].Help,
};

/** @type {Map<string, Promise<void>>} */
const styles = new Map();

/** A stylesheet of ours, once. @param {string} path */
function styled(path) {
  const known = styles.get(path);
  if (known) return known;
  const link = h('link', { rel: 'stylesheet', href: new URL(`../${path}`, import.meta.url).href });
  const loaded = new Promise((resolve) => {
    link.onload = link.onerror = () => resolve(undefined);
  });
  document.head.append(link);
  styles.set(path, loaded);
  return loaded;
}

/** The words for all that comes after the form, into those the page has, and which files are taken. @param {import('./context.js').Context} context */
async function spelled({ config, locale }) {
  const { default: words, accepted } = await import(`./strings/${locale}.js`);
  Object.assign(config.strings[locale] ?? {}, words);
  const { kinds } = config.files;
  config.files.accept = kinds.includes('other') ? '' : kinds.map((kind) => accepted[kind]).join();
}

/** Fetches what will be needed next, so that sending the form waits for nothing. @param {import('./context.js').Context} context */
export async function fetchAhead(context) {
  for (const view of /** @type {const} */ (['talk', 'ticket', 'left', 'notice'])) void VIEWS[view]();
  [context.menu] = await Promise.all([import('./menu.js'), spelled(context), styled('panel/menu.css')]);
  if (context.config.help) [{ offerArticles: context.offerArticles }] = await Promise.all([import('./offers.js'), styled('panel/offers.css')]);
}

/** `<mayfly-panel>`: the header, the one view that is due, and the question before a chat is ended; `view` tells that another has come up. */
export class Panel extends HTMLElement {
  /** @type {import('./context.js').Context} */ context = /** @type {any} */ (null);
  /** @type {ViewElement | null} */ view = null;
  #head = new Head();
  #link = h('p', { class: 'link', role: 'status', hidden: true });
  #main = h('main');
  #peek = h('div', { class: 'peek' });
  #confirm = h('dialog', { class: 'confirm' });
  /** @type {View | null} */ #due = null;
  /** @type {import('./model.js').State | null} */ #state = null;

  connectedCallback() {
    this.#head.context = this.context;
    this.append(this.#head, this.#link, this.#main, this.#confirm, this.#peek);
  }

  /** @param {import('./model.js').State} state */
  render(state) {
    const { activeElement } = document;
    this.#state = state;
    const due = viewOf(state, this.context);
    if (this.context.config.closed && !state.availability && state.link === 'connecting') return; // a form that then has to go would only flash
    if (due !== this.#due) void this.#bring(due);
    this.dataset.view = due;
    this.#head.render(state, due === 'form');
    this.view?.render(state);
    this.#showLink(state);
    if (this.#confirm.open && state.phase === 'ended') this.#confirm.close();
    if (document.hasFocus() && activeElement?.checkVisibility() === false && !this.context.touch) this.focusInput(); // what had the focus is gone
  }

  /** Asks whether the conversation may go. */
  async confirmEnd() {
    (await import('./asides.js')).confirmEnd(this.#confirm, this.context.t);
  }

  get asking() {
    return this.#confirm.open;
  }

  /** The last words of the agent, for the small card over the closed bubble. @param {import('./model.js').State} state */
  async showPeek(state) {
    (await import('./asides.js')).showPeek(this.#peek, state, this.context.t);
  }

  focusInput() {
    this.view?.focusFirst();
  }

  /** Whether the newest line of the conversation is in view. */
  get atNewest() {
    return this.view !== null && 'atNewest' in this.view && this.view.atNewest;
  }

  /** The visitor's words into empty fields of the form that is up. @param {Record<string, string>} values */
  prefill(values) {
    if (this.view && 'prefill' in this.view) this.view.prefill(values);
  }

  /** @param {View} due */
  async #bring(due) {
    this.#due = due;
    const [View] = await Promise.all([VIEWS[due](), due === 'form' || spelled(this.context)]);
    if (this.#due !== due || !this.#state) return; // another has become due meanwhile
    const view = (this.view = new View());
    view.context = this.context;
    fill(this.#main, view);
    view.render(this.#state);
    this.dispatchEvent(new CustomEvent('view'));
  }

  /** @param {import('./model.js').State} state */
  #showLink({ link, phase, fault, told, crowded }) {
    const { t } = this.context;
    const live = phase !== 'none' && phase !== 'ended';
    const words = link === 'offline' ? 'panel.offline' : link === 'reconnecting' ? (crowded ? 'panel.crowded' : live ? 'panel.reconnecting_kept' : 'panel.reconnecting') : link === 'closed' && live ? (told ?? `notice.fault.${fault ?? 'refused'}`) : '';
    this.#link.hidden = !words;
    if (this.#link.dataset.shown === words) return;
    this.#link.dataset.shown = words;
    fill(this.#link, words && t(words), link === 'closed' && h('button', { type: 'button', onclick: () => ask(this, { do: 'connect' }) }, t('notice.try_again')));
  }
}

/**
 * @param {import('./model.js').State} state
 * @param {import('./context.js').Context} context
 * @returns {View}
 */
function viewOf(state, context) {
  const { link, fault, told, phase, screen } = state;
  const form = offers(state, 'form') ? 'ticket' : 'notice';
  if (screen === 'requests' || screen === 'contacts' || screen === 'help') return screen;
  if (phase === 'none' && (told || (link === 'closed' && fault))) return 'notice';
  if (screen === 'left') return 'left';
  if (screen === 'home') return 'form';
  if (phase === 'none') return screen === 'chat' && (startable(state) || sectionsOf(state, context).some((section) => section === 'contacts' || section === 'help')) ? 'form' : form;
  return screen === 'ticket' && form === 'ticket' ? 'ticket' : 'talk';
}

customElements.define('mayfly-panel', Panel);

/**
 * The console's entry: the only module that knows both the socket and the store. Events change the state, the state is shown,
 * and what the agent asks for is answered by the table of actions.
 *
 * @import { AgentEvent, AgentSelf, Failed, Watched } from '../shared/protocol.js'
 * @import { Catalogue } from '../shared/i18n.js'
 * @import { SocketState } from '../shared/socket.js'
 * @import { Chat, State, Watch } from './state.js'
 */

import { createTranslate } from '../shared/i18n.js';
import { ERROR_CODES, PROTOCOL } from '../shared/protocol.js';
import { Socket } from '../shared/socket.js';
import { createActions } from './actions.js';
import { Api } from './api.js';
import { Calls } from './calls.js';
import * as changes from './changes.js';
import { nameOf } from './draw.js';
import { Frame } from './frame.js';
import { listenToKeys } from './keys.js';
import { readPreferences } from './preferences.js';
import { reduce } from './reduce.js';
import { readView } from './route.js';
import { countUnread, createState, findChat, lastSeq, ownChats, supervises, watchedChats } from './state.js';
import { toast } from './steps.js';
import { Store } from './store.js';
import { keepDrafts, readDrafts } from './tickets/kept-drafts.js';

/** @typedef {{title: string, topics: string[], request_types: string[], importance: string[], fields: Record<string, string>, files: {max_bytes: number, accept: string}, letters: boolean, help: boolean, search_report: boolean}} SiteConfig */
/** @typedef {{agent: AgentSelf, strings: Catalogue, locale: string, origin: string, sites: Record<string, SiteConfig>, teams: Record<string, string>}} Config */

const TOAST_MS = 6000;
const NOTICE_MS = 30_000;

class Console {
  /** @type {Config} */ #config = JSON.parse(document.getElementById('config')?.textContent ?? '{}');
  #t = createTranslate(this.#config.strings, this.#config.locale);
  /** @type {Store<State>} */ #store = new Store(createState(this.#config.agent, this.#config.teams, readPreferences(), readDrafts(this.#config.agent.id)));
  #api = new Api(document.querySelector('meta[name=csrf]')?.getAttribute('content') ?? '');
  #socket = new Socket(`${location.origin.replace('http', 'ws')}/ws/agent`, () => this.#hello());
  #frame = /** @type {Frame} */ (document.querySelector('mayfly-console'));
  #calls = new Calls(this.#t, (chat) => this.#comeBack(chat));
  #drawing = false;
  #boardOpen = false;
  #lookedAt = '';
  #countedComments = -1;
  /** @type {Set<number>} */ #expiring = new Set();
  #actions = createActions({
    store: this.#store,
    send: (command) => this.#socket.send(command),
    socket: this.#socket,
    frame: this.#frame,
    api: this.#api,
    read: () => this.#read(),
    leave: () => this.#leave(),
  });

  start() {
    this.#frame.start(this.#config, this.#t, this.#api);
    this.#store.change((state) => changes.show(state, readView()));
    this.#store.addEventListener('change', () => this.#draw());
    this.#frame.addEventListener('act', (event) =>
      this.#run(/** @type {CustomEvent} */ (event).detail.name, /** @type {CustomEvent} */ (event).detail),
    );
    this.#socket.addEventListener('event', (event) => this.#heard(/** @type {CustomEvent<AgentEvent>} */ (event).detail));
    this.#socket.addEventListener('state', (event) => this.#connected(/** @type {CustomEvent<SocketState>} */ (event).detail));
    addEventListener('popstate', () => this.#store.change((state) => changes.show(state, readView())));
    addEventListener('focus', () => this.#read());
    document.addEventListener('visibilitychange', () => this.#draw());
    listenToKeys(
      (name, detail) => this.#run(name, detail),
      () => this.#store.value.preferences.keys,
      () => this.#store.value.view.name,
      () => this.#store.value.card && findChat(this.#store.value) !== null,
    );
    setInterval(() => this.#draw(), 1000);
    this.#calls.listen();
    this.#draw();
    this.#socket.start();
  }

  #hello() {
    const after = Object.fromEntries(ownChats(this.#store.value).map((chat) => [chat.chat, lastSeq(chat)]));
    return { type: 'hello', protocol: PROTOCOL, after };
  }

  /** @param {AgentEvent} event */
  #heard(event) {
    const before = this.#store.value;
    this.#store.change((state) => reduce(state, event, Date.now()));
    this.#calls.hear(event, before);
    if (event.type === 'welcome' && !before.ready && event.chats.length === 1 && this.#isFree()) this.#open(event.chats[0].chat);
    if (event.type === 'assigned' || event.type === 'watched') this.#arrived(event.chat, before);
    if (event.type === 'watched') this.#watched(event, findChat(before, event.chat)?.watch ?? null);
    if (event.type === 'said' && event.author === 'system' && findChat(before, event.chat)?.watch) this.#socket.send({ type: 'watch', chat: event.chat });
    if (event.type === 'failed') this.#tryAgain(event);
    if (event.type === 'ticket_left' && before.filing?.andEnd && before.filing.command.ref === event.ref)
      this.#socket.send({ type: 'end', chat: event.chat });
    if (event.type === 'failed' && event.code === 'not_signed_in') this.#leave();
  }

  /** @param {SocketState} connection */
  #connected(connection) {
    if (connection.name === 'not_signed_in') return this.#leave();
    this.#boardOpen = false;
    this.#lookedAt = '';
    this.#store.change((state) => changes.connect(state, connection));
    if (connection.state === 'open') this.#sendAgain();
  }

  /** What is watched is asked for again; everything that was written and not confirmed goes out again, in order, with the refs it had. */
  #sendAgain() {
    const { filing } = this.#store.value;
    for (const { chat } of watchedChats(this.#store.value)) this.#socket.send({ type: 'watch', chat });
    for (const chat of ownChats(this.#store.value)) this.#sendLines(chat);
    if (filing && !filing.failed) this.#socket.send(filing.command);
  }

  /**
   * Only now may anything be said there again, and by who had joined only once they have joined again.
   * @param {Watched} event
   * @param {Watch | null} before
   */
  #watched({ chat, joined }, before) {
    if (before?.joined && !joined) this.#socket.send({ type: 'join', chat });
    else this.#sendLines(findChat(this.#store.value, chat));
  }

  /** @param {Chat | null} from */
  #sendLines(from) {
    for (const { ref, box, text } of from?.pending.unacknowledged() ?? [])
      this.#socket.send({ type: box === 'note' ? 'note' : 'say', chat: from?.chat, ref, text });
  }

  /**
   * A refusal that waiting cures is not the agent's to cure.
   * @param {Failed} failed
   */
  #tryAgain({ code, ref, chat, retry_after_s: afterS = 1 }) {
    if (!ERROR_CODES[code]?.retry) return;
    const owner = this.#store.value.chats.find(({ pending }) => pending.has(ref));
    if (owner) setTimeout(() => this.#run('retry', { chat: owner.chat, ref }), afterS * 1000);
    else if (findChat(this.#store.value, chat ?? '')?.watch) setTimeout(() => this.#socket.send({ type: 'watch', chat }), afterS * 1000);
  }

  /** Whether a chat may open by itself: there is room beside the list, and nothing else is open. */
  #isFree() {
    const { selected, view, dialog } = this.#store.value;
    return !selected && view.name === 'chats' && !dialog && matchMedia('(min-width: 641px)').matches;
  }

  /** @param {string} id */
  #open(id) {
    this.#store.change((state) => changes.select(state, id));
    // Whoever starts typing means the answer, not shortcuts; what they are in the middle of keeps the focus.
    if (document.activeElement === document.body && matchMedia('(hover: hover)').matches) this.#run('select', { chat: id, focus: true });
  }

  /**
   * What was asked for here opens, whatever else is open; what comes by itself does so only where there is room.
   * @param {string} id
   * @param {State} before
   */
  #arrived(id, before) {
    const chat = findChat(this.#store.value, id);
    if (!chat) return;
    if (before.wanted === id) return this.#run('select', { chat: id, focus: true });
    if (chat.watch || findChat(before, id)) return;
    if (this.#isFree()) this.#open(id);
    else this.#store.change((state) => toast(state, { key: 'console.toast.assigned', params: { name: nameOf(chat, this.#t) }, tone: 'good', chat: id }));
  }

  /** From a notification on the desktop. @param {string} chat */
  #comeBack(chat) {
    const state = this.#store.value;
    if (findChat(state, chat)) this.#run('select', { chat, focus: true });
    else if (supervises(state) && !state.offers.some((offer) => offer.chat === chat)) this.#run('watch', { chat });
  }

  /** What is in view of an agent who looks has been read; their other tabs hear it too, and the visitor. Who watches leaves no mark. */
  #read() {
    const chat = findChat(this.#store.value);
    if (!chat || !countUnread(chat, this.#store.value.agent) || !this.#calls.looking || !this.#frame.atNewest) return;
    const seq = chat.messages.findLast((message) => message.author === 'visitor')?.seq ?? 0;
    if (seq <= chat.read || chat.watch || this.#socket.send({ type: 'see', chat: chat.chat, seq }))
      this.#store.change((state) => changes.see(state, chat.chat, seq));
  }

  /** The service tells of the board only while it is looked at. */
  #keepBoard() {
    const { view, connection } = this.#store.value;
    const wanted = view.name === 'board' && supervises(this.#store.value) && connection.state === 'open';
    if (wanted === this.#boardOpen) return;
    if (connection.state === 'open') this.#socket.send({ type: wanted ? 'open_board' : 'close_board' });
    this.#boardOpen = wanted;
  }

  /** Colleagues see who looks at the same ticket. */
  #keepLook() {
    const { view, connection } = this.#store.value;
    const [site, number] = view.name === 'ticket' ? [view.site, view.number] : [null, null];
    const looked = number ? `${site}/${number}` : '';
    if (connection.state !== 'open' || looked === this.#lookedAt) return;
    if (this.#socket.send({ type: 'look_at', site, number })) this.#lookedAt = looked;
  }

  /** How many comments on articles wait, as often as there may be others. */
  #keepCount() {
    const { help, ready } = this.#store.value;
    if (!ready || help.version === this.#countedComments || !Object.values(this.#config.sites).some((site) => site.help)) return;
    this.#countedComments = help.version;
    this.#run('countComments', {});
  }

  /** Once for all changes of a turn. Not with the next frame: a hidden tab has none, but may have words to drop. */
  #draw() {
    if (this.#drawing) return;
    this.#drawing = true;
    queueMicrotask(() => this.#show());
  }

  #show() {
    const state = this.#store.value;
    this.#drawing = false;
    this.#frame.show(state, Date.now());
    this.#calls.show(state, Date.now());
    this.#read();
    this.#keepBoard();
    this.#keepLook();
    this.#keepCount();
    keepDrafts(state.agent.id, state.ticketDrafts);
    for (const { id, watch } of state.toasts.filter((each) => !this.#expiring.has(each.id))) {
      this.#expiring.add(id);
      setTimeout(() => this.#run('dismiss', { id }), watch ? NOTICE_MS : TOAST_MS);
    }
  }

  /**
   * @param {string} name
   * @param {any} detail
   */
  #run(name, detail) {
    /** @type {any} */ (this.#actions)[name](detail);
  }

  #leave() {
    this.#socket.stop();
    location.replace(`/console/login?reason=signed_out&next=${encodeURIComponent(location.pathname + location.search)}`);
  }
}

new Console().start();

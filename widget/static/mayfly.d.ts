/**
 * Types of the JavaScript that Mayfly gives to a page, for the compiler of that page's code: put this file beside it.
 * `window.Mayfly` is the whole of it; https://HOST/widget.d.ts is always the newest.
 */

/** A part of the panel, as `open` and `data-mayfly-open` name it; without one it is whatever the visitor had before them. */
export type Section = 'home' | 'chat' | 'request' | 'requests' | `requests/${number}` | 'contacts' | 'help' | `help/${string}`;

/** What is filled into the form before a chat, and that of a request. */
export interface Prefill {
  name?: string;
  email?: string;
  phone?: string;
  question?: string;
  topic?: string;
}

export type Availability = 'online' | 'busy' | 'closed';

/** Who has ended a chat; null where nobody said. */
export type EndedBy = 'visitor' | 'agent' | 'idle' | 'service' | null;

/** What support has done to a request of the visitor's. */
export interface Notified {
  number: number;
  kind: 'answer' | 'opened';
}

/** The events, with what their listeners get. */
export interface MayflyEvents {
  /** The bubble is there; a listener that comes later is called at once. */
  ready: undefined;
  open: undefined;
  close: undefined;
  status: Availability;
  /** How many messages of the agent the visitor has not seen. */
  unread: number;
  chat_started: undefined;
  chat_ended: EndedBy;
  /** The number of the request that was left. */
  ticket_left: number;
  notified: Notified;
}

export type Listener<Name extends keyof MayflyEvents> = (detail: MayflyEvents[Name]) => void;

/** Nothing of it throws; what goes wrong is explained in the console. All of it can be called before the script has arrived. */
export interface MayflyVerbs {
  open(section?: Section | null): void;
  close(): void;
  toggle(): void;
  /** Tells who the visitor is, by a token that the site's server has signed. */
  identify(token: string | null): void;
  prefill(fields: Prefill): void;
  /** The panel's language, as a BCP 47 tag. */
  setLocale(tag: string): void;
  /** Tells the agent of a page; from then on the application tells each of them itself. */
  visit(url: string | URL, title?: string): void;
  /** Forgets the visitor: for when they sign out of the site. */
  reset(): void;
  /** Takes everything off the page. What is called afterwards is kept for the next script. */
  destroy(): void;
  on<Name extends keyof MayflyEvents>(event: Name, listener: Listener<Name>): void;
  off<Name extends keyof MayflyEvents>(event: Name, listener: Listener<Name>): void;
}

export interface Mayfly extends MayflyVerbs {
  /** 1 while it lives, 0 when it is destroyed; not there before the script has arrived. */
  readonly version?: 0 | 1;
  /** Every site that lives on this page, by its key; not there before the script has arrived. */
  readonly sites?: Readonly<Record<string, Mayfly>>;
}

declare global {
  interface Window {
    Mayfly: Mayfly;
  }
  const Mayfly: Mayfly;
}

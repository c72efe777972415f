/** Compiled by `make check`, never run: what a page may write, and what the compiler keeps it from. */

import type { Availability, EndedBy, Mayfly, Notified, Section } from '../../widget/static/mayfly';

const site: Mayfly = window.Mayfly;
const section: Section = 'requests/1042';
site.open();
site.open(null);
site.open(section);
for (const each of ['home', 'chat', 'request', 'requests', 'contacts', 'help', 'help/how-to-pay'] as const) Mayfly.open(each);
Mayfly.close();
Mayfly.toggle();
Mayfly.identify('header.claims.signature');
Mayfly.identify(null);
Mayfly.prefill({ name: 'Ada', email: 'ada@example.com', phone: '+44', question: 'Where is it?', topic: 'Orders' });
Mayfly.setLocale('uk');
Mayfly.visit('/cart', 'Cart');
Mayfly.visit(new URL('https://shop.example.com/cart'));
Mayfly.reset();
Mayfly.sites?.partner?.open('chat');

Mayfly.on('ready', () => {});
Mayfly.on('open', () => {});
Mayfly.on('close', () => {});
Mayfly.on('status', (now: Availability) => now);
Mayfly.on('unread', (count: number) => count + 1);
Mayfly.on('chat_started', () => {});
Mayfly.on('chat_ended', (by: EndedBy) => by);
Mayfly.on('ticket_left', (number: number) => number + 1);
const told = ({ number, kind }: Notified) => [number, kind];
Mayfly.on('notified', told);
Mayfly.off('notified', told);
Mayfly.destroy();

// @ts-expect-error there is no such section
Mayfly.open('invoices');
// @ts-expect-error a request has a number
Mayfly.open('requests/latest');
// @ts-expect-error a token is a string
Mayfly.identify({ sub: '42' });
// @ts-expect-error there is no such field
Mayfly.prefill({ mail: 'ada@example.com' });
// @ts-expect-error a language has to be named
Mayfly.setLocale();
// @ts-expect-error there is no such event
Mayfly.on('opened', () => {});
// @ts-expect-error it tells a number
Mayfly.on('unread', (count: string) => count);
// @ts-expect-error it tells nothing
Mayfly.on('open', (detail: string) => detail);
// @ts-expect-error it is the listener that is to be taken away
Mayfly.off('open');
// @ts-expect-error there is no such verb
Mayfly.hide();
// @ts-expect-error it is not the page's to change
Mayfly.version = 0;

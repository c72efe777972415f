/**
 * What is done about tickets: moving among them, and writing in one.
 *
 * @import { Desk } from '../actions.js'
 * @import { Box } from '../tickets/desk-state.js'
 */

import { newRef } from '../../shared/pending.js';
import { codeOf, wordsOf } from '../api.js';
import { draft, draftOf } from '../tickets/desk-state.js';
import { keyOf } from '../tickets/types.js';

/** @typedef {{site: string, number: number}} Which */

/** @param {Desk} desk */
export function ticketActions({ store, api, frame, tell, afterwards }) {
  /** @type {Map<string, AbortController>} */
  const uploads = new Map();

  /**
   * @param {Which} ticket
   * @param {Parameters<typeof draft>[2]} step
   */
  const write = (ticket, step) => store.change((state) => draft(state, ticket, step));

  return {
    /** @param {{step: 1 | -1}} detail */
    stepTicket({ step }) {
      frame.desk?.step(step);
    },
    /** @param {{range?: boolean}} detail */
    selectTicket({ range }) {
      frame.desk?.select(range);
    },
    takeTicket() {
      const { id } = store.value.agent;
      void frame.desk?.change({ assignee: id });
    },
    solveTicket() {
      void frame.desk?.change({ status: 'solved' });
    },
    forgetKnown() {
      frame.forgetKnown();
    },
    /** @param {{box: Box}} detail */
    composeTicket({ box }) {
      const { view } = store.value;
      if (view.name !== 'ticket') return;
      write(view, () => ({ box }));
      afterwards(() => frame.desk?.focusText());
    },
    /** @param {{ticket: Which, box: Box, text: string}} detail */
    writeTicket({ ticket, box, text }) {
      write(ticket, ({ texts }) => ({ texts: { ...texts, [box]: text }, ref: null, fault: null }));
    },
    /** @param {{ticket: Which, status: string}} detail how an answer leaves the ticket */
    leaveTicketAs({ ticket, status }) {
      write(ticket, () => ({ status, ref: null }));
    },
    /**
     * The words stay in their box until the service has them.
     * @param {{ticket: Which, version: number}} detail the version that the agent has seen
     */
    async postTicket({ ticket, version }) {
      const { box, texts, files, status, sending, ref: last } = draftOf(store.value, ticket);
      const text = texts[box].trim();
      const file = files[box];
      if (sending || !text || (file && !file.id)) return;
      const ref = last ?? newRef();
      write(ticket, () => ({ sending: true, fault: null, ref }));
      try {
        const words = { text, ref, ...(file?.id ? { file: file.id } : {}) };
        const answered = box === 'reply' ? { ...words, status, version } : words;
        const whole = await api.write(ticket.site, ticket.number, box === 'reply' ? 'replies' : 'notes', answered);
        write(ticket, (now) => ({
          sending: false,
          ref: null,
          status: box === 'reply' ? 'pending' : now.status,
          box: now.texts.reply ? now.box : 'reply',
          texts: { ...now.texts, [box]: '' },
          files: { ...now.files, [box]: null },
        }));
        frame.desk?.take(whole);
      } catch (reason) {
        write(ticket, () => ({ sending: false, fault: codeOf(reason) }));
        if (codeOf(reason) === 'changed_meanwhile') frame.desk?.look();
      }
    },
    /** @param {{ticket: Which, box: Box, file: File, most: number}} detail the one file that goes with it, and how many bytes it may have */
    async attach({ ticket, box, file, most }) {
      this.detach({ ticket, box });
      const key = `${keyOf(ticket)} ${box}`;
      const uploading = new AbortController();
      uploads.set(key, uploading);
      const { name, size } = file;
      /** @param {Partial<import('../tickets/desk-state.js').Upload>} some */
      const put = (some) => {
        if (uploads.get(key) === uploading) write(ticket, ({ files }) => ({ files: { ...files, [box]: { name, size, part: 0, ...some } }, ref: null }));
      };
      if (size > most) return put({ fault: 'too_large' });
      put({});
      try {
        const kept = await api.upload(ticket.site, file, { signal: uploading.signal, progress: (part) => put({ part }) });
        put({ part: 1, id: kept.id });
      } catch (reason) {
        put({ fault: codeOf(reason), words: wordsOf(reason) });
      }
    },
    /** @param {{ticket: Which, box: Box}} detail */
    detach({ ticket, box }) {
      const key = `${keyOf(ticket)} ${box}`;
      uploads.get(key)?.abort();
      uploads.delete(key);
      write(ticket, ({ files }) => ({ files: { ...files, [box]: null }, ref: null }));
    },
    /** @param {{numbers: number[], failed: {number: number, code: string}[]}} detail what became of several */
    tellChanged({ numbers, failed }) {
      if (numbers.length) tell({ key: 'console.bulk.changed', tone: 'good', params: { count: numbers.length } });
      if (!failed.length) return;
      const named = failed.slice(0, 5).map(({ number }) => `#${number}`);
      const tickets = named.join(', ') + (failed.length > named.length ? ' …' : '');
      const key = failed.every(({ code }) => code === 'changed_meanwhile') ? 'console.bulk.meanwhile' : 'console.bulk.failed';
      tell({ key, tone: 'bad', params: { count: failed.length, tickets } });
    },
  };
}

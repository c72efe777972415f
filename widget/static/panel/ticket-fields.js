/** What a request asks for: what every site has, the site's own fields, and what the browser tells of itself. */

import { h, icon } from '../shared/dom.js';
import { buildField } from './fields.js';

/** @typedef {import('./fields.js').Field} Field */

const MAX_SUBJECT = 200;
const MAX_BODY = 20_000;
const MAX_OWN = 500;

/**
 * @param {import('./context.js').Config} config
 * @returns {Field[]} in order; neighbours that are `half` share a row
 */
export function ticketFields({ pre_chat, topics, request_types, importance, fields }) {
  /** @type {Field[]} */
  const all = [
    { name: 'request_type', as: 'select', required: false, choices: request_types, half: true },
    { name: 'topic', as: 'select', required: false, choices: topics, half: true },
    { name: 'subject', as: 'input', required: true, max: MAX_SUBJECT },
    { name: 'body', as: 'textarea', required: true, max: MAX_BODY },
    { name: 'file', as: 'input', required: false },
    { name: 'importance', as: 'select', required: false, choices: importance },
    ...fields.map(ownField),
    { name: 'name', as: 'input', required: false, autocomplete: 'name', max: 100, half: true },
    { name: 'email', as: 'input', required: false, type: 'email', autocomplete: 'email', max: 254, hint: 'form.email.hint', half: true },
  ];
  if (pre_chat.phone !== 'absent') all.push({ name: 'phone', as: 'input', required: false, type: 'tel', autocomplete: 'tel', max: 40 });
  return all.filter(({ choices }) => !choices || choices.length > 0);
}

/** @param {import('./context.js').OwnField} field @returns {Field} */
function ownField({ name, label, options, required }) {
  return { name: `fields.${name}`, label, required, as: options.length ? 'select' : 'input', choices: options.length ? options : undefined, max: MAX_OWN };
}

/**
 * Browser and system, folded away; what they say is in view.
 *
 * @param {{browser: string, system: string}} device
 * @param {import('./context.js').Context} context
 */
export function deviceFields(device, context) {
  const { t } = context;
  const shown = h('b');
  const fields = /** @type {const} */ (['browser', 'system']).map((name) =>
    buildField({ name: `fields.${name}`, label: t(`request.field.${name}`), required: false, as: 'input', max: MAX_OWN }, `ticket-${name}`, context, device[name]),
  );
  const box = h('details', { class: 'device' }, h('summary', {}, h('span', {}, t('ticket.device')), ' ', shown, icon('chevron')), h('div', { class: 'pair' }, ...fields));
  const tell = () => (shown.textContent = [...box.querySelectorAll('input')].map(({ value }) => value.trim()).filter(Boolean).join(', ') || t('ticket.device.none'));
  box.addEventListener('input', tell);
  tell();
  return box;
}

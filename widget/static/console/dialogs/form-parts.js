/** What the dialogs with forms are made of: a head with a way out, fields, the faults of what was refused. */

import { h, fill, icon } from '../../shared/dom.js';
import { Problem } from '../api.js';
import { act } from '../draw.js';

/**
 * @import { Child } from '../../shared/dom.js'
 * @import { Translate } from '../../shared/i18n.js'
 */

/**
 * @param {string} title
 * @param {string} text
 * @param {HTMLElement} from where what is asked for bubbles from
 * @param {Translate} t
 */
export function formHead(title, text, from, t) {
  const close = h('button', { class: 'icon-button', type: 'button', 'aria-label': t('console.form.close') }, icon('close'));
  close.onclick = () => act(from, 'ask', { dialog: null });
  return h('header', {}, h('div', {}, h('h2', { id: 'dialog-title' }, title), text && h('p', { class: 'hint' }, text)), close);
}

/**
 * @param {string} label
 * @param {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} control with a name
 * @param {Child} [optional] words behind the label
 */
export function formField(label, control, optional) {
  control.id ||= `form-${control.name}`;
  return h('div', { class: 'field' }, h('label', { for: control.id }, label, optional && h('span', { class: 'optional' }, ' ', optional)), control);
}

/**
 * @param {string} name
 * @param {readonly {value: string, label: string}[]} options
 * @param {string} [none] words for none of them
 */
export function formSelect(name, options, none) {
  return h('select', { name }, none !== undefined && h('option', { value: '' }, none), ...options.map(({ value, label }) => h('option', { value }, label)));
}

/**
 * Puts each fault under its field, and the focus into the first.
 * @param {HTMLFormElement} form
 * @param {HTMLElement} line for what belongs to no field
 * @param {{field: string, message: string}[]} faults
 * @param {string} [words] if there is more to say
 */
export function showFaults(form, line, faults, words = '') {
  for (const old of form.querySelectorAll('.field > .fault')) old.remove();
  for (const control of form.querySelectorAll('[aria-invalid]')) control.removeAttribute('aria-invalid');
  const rest = [];
  let first = null;
  for (const { field, message } of faults) {
    const control = form.elements.namedItem(field);
    if (!(control instanceof HTMLElement)) {
      rest.push(message);
      continue;
    }
    const id = `fault-${field}`;
    control.setAttribute('aria-invalid', 'true');
    control.setAttribute('aria-describedby', id);
    control.parentElement?.append(h('p', { class: 'fault', id }, message));
    first ??= control;
  }
  first?.focus();
  const said = [words, ...rest].filter(Boolean).join(' ');
  line.hidden = !said;
  fill(line, said);
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement} line
 * @param {unknown} reason what was thrown
 * @param {Translate} t
 */
export function showRefusal(form, line, reason, t) {
  const problem = reason instanceof Problem ? reason : new Problem('unavailable', 0);
  showFaults(form, line, problem.errors, problem.errors.length ? '' : t(`error.${problem.code}`));
}

/** @param {string} text */
export function isEmail(text) {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text);
}

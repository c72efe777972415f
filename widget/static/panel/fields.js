/** Form fields as data: built, prefilled, validated and read in one way by both forms. */

import { h, fill, icon } from '../shared/dom.js';

/**
 * @typedef {object} Field
 * @property {string} name
 * @property {boolean} required
 * @property {'input'|'textarea'|'select'} as
 * @property {string[]} [choices]
 * @property {string} [type]
 * @property {string} [autocomplete]
 * @property {number} [max]
 * @property {string} [hint] catalogue key
 * @property {string} [label] of a field that the catalogue does not know
 * @property {boolean} [half] shares a row with a neighbour that does too
 *
 * @typedef {Pick<import('./context.js').Context, 't'|'named'>} Words
 */

/**
 * @param {Field[]} fields
 * @param {string} prefix of their ids
 * @param {Words} words
 * @param {Record<string, string>} values
 */
export function buildFields(fields, prefix, words, values) {
  return fields.map((field, at) => {
    const half = field.half && (fields[at - 1]?.half || fields[at + 1]?.half);
    return buildField({ ...field, half }, `${prefix}-${field.name}`, words, values[field.name] ?? '');
  });
}

/**
 * @param {Field} field
 * @param {string} id
 * @param {Words} words
 * @param {string} value
 */
export function buildField({ name, required, as, choices, type, autocomplete, max, hint, label, half }, id, { t, named }, value) {
  const props = { id, name, required, 'aria-describedby': `${id}-fault`, autocomplete: autocomplete ?? 'off', maxLength: max };
  const control =
    as === 'select'
      ? h('select', { id, name, required, 'aria-describedby': `${id}-fault` }, h('option', { value: '' }, t('form.choose')), ...(choices ?? []).map((choice) => h('option', { value: choice }, named(choice))))
      : as === 'textarea'
        ? h('textarea', { ...props, rows: 3, placeholder: t(`form.${name}.placeholder`), dir: 'auto' })
        : h('input', { ...props, type: type ?? 'text', dir: 'auto' });
  control.value = value;
  return h(
    'div',
    { class: half ? 'field half' : 'field' },
    h('label', { for: id }, label ?? t(`form.${name}`), !required && h('span', { class: 'optional' }, ` ${t('form.optional')}`)),
    control,
    hint && h('p', { class: 'hint' }, t(hint)),
    h('p', { class: 'fault', id: `${id}-fault`, hidden: true }),
  );
}

/** @param {HTMLFormElement} form */
export function readForm(form) {
  return Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
}

/**
 * Shows what is wrong beside each field and puts the cursor into the first.
 *
 * @param {HTMLFormElement} form
 * @param {Field[]} fields
 * @param {import('../shared/i18n.js').Translate} t
 * @returns {boolean} whether all is well
 */
export function validate(form, fields, t) {
  const values = readForm(form);
  const faulty = fields.filter((field) => {
    const fault = faultOf(field, (values[field.name] ?? '').trim());
    showFault(form, field.name, fault && t(fault));
    return fault;
  });
  if (faulty[0]) control(form, faulty[0].name)?.focus();
  return faulty.length === 0;
}

/** @param {string} text */
export function isEmail(text) {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text);
}

/** @param {Field} field @param {string} value */
function faultOf({ name, required, max, label }, value) {
  if (!value) return required ? (label ? 'problem.field.required' : `form.fault.${name}`) : null;
  if (max && value.length > max) return 'error.too_long';
  if (name === 'email' && !isEmail(value)) return 'form.fault.email';
  if (name === 'phone' && value.replace(/\D/g, '').length < 5) return 'form.fault.phone';
  return null;
}

/**
 * At each change: hands over what the form holds, and takes the fault off the field that is being put right.
 *
 * @param {HTMLFormElement} form
 * @param {(values: Record<string, string>) => void} changed
 */
export function watch(form, changed) {
  form.addEventListener('input', ({ target }) => {
    if (target instanceof Element) showFault(form, target.getAttribute('name') ?? '', null);
    changed(readForm(form));
  });
}

/**
 * What the service found wrong, which this page did not.
 *
 * @param {HTMLFormElement} form
 * @param {Record<string, string>} faults codes by field
 * @param {import('../shared/i18n.js').Translate} t
 */
export function showFaults(form, faults, t) {
  for (const [name, code] of Object.entries(faults)) {
    const own = t(`form.fault.${name}`);
    showFault(form, name, code === 'too_long' ? t('error.too_long') : own.startsWith('form.') ? t(`problem.field.${code}`) : own);
  }
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 * @param {string | null} text
 */
function showFault(form, name, text) {
  const field = control(form, name);
  const fault = field?.closest('.field')?.querySelector('.fault');
  if (!field || !(fault instanceof HTMLElement)) return;
  if (text) field.setAttribute('aria-invalid', 'true');
  else field.removeAttribute('aria-invalid');
  fault.hidden = !text;
  fill(fault, ...(text ? [icon('alert'), text] : []));
}

/** @param {HTMLFormElement} form @param {string} name */
export function control(form, name) {
  const found = form.elements.namedItem(name);
  return found instanceof HTMLInputElement || found instanceof HTMLTextAreaElement || found instanceof HTMLSelectElement ? found : null;
}

/**
 * Values from the host page or another form, into fields the visitor left empty.
 *
 * @param {HTMLFormElement} form
 * @param {Record<string, string>} values
 */
export function fillEmpty(form, values) {
  for (const [name, value] of Object.entries(values)) {
    const field = control(form, name);
    if (field && !field.value && value) field.value = value;
  }
}

// What is read out of a page, in it. Declares `inspect`.
const UNREAD = 'script, style, noscript, template, option, textarea, pre, code';
const FOREIGN = `[lang]:not([lang="${document.documentElement.lang}"])`; // an article, a language's own name
const SPOKEN = ['aria-label', 'title', 'placeholder', 'alt', 'aria-description'];

/** Every element, through shadow roots. */
function* elementsOf(root) {
  for (const element of root.querySelectorAll('*')) {
    yield element;
    if (element.shadowRoot) yield* elementsOf(element.shadowRoot);
  }
}

const seen = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && element.getClientRects().length > 0;
const ownText = (element) => [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());

/** Only for those who listen: clipped to a point, or off the page until it has the focus. */
function unseen(element) {
  for (let at = element; at; at = at.parentElement) if ((at.offsetWidth <= 1 && at.offsetHeight <= 1) || at.matches('.skip, .visually-hidden')) return true;
  return false;
}

const CHOICES = ['aria-selected', 'aria-current', 'aria-pressed', 'aria-checked'];
const LOOKS = ['color', 'backgroundColor', 'borderStyle', 'borderWidth', 'outlineStyle', 'outlineWidth', 'fontWeight', 'textDecorationLine', 'translate', 'insetInlineStart'];
const EDGES = ['borderTopStyle', 'borderBottomStyle', 'outlineStyle'];
const ground = getComputedStyle(document.body).backgroundColor;

/** How it and what is in it can be told from its like without what the system's colours take away. */
const looksOf = (element) =>
  [element, ...element.querySelectorAll('*')]
    .filter(seen)
    .flatMap((one) => [undefined, '::before', '::after'].map((part) => getComputedStyle(one, part)))
    .map((style) => LOOKS.map((name) => style[name]).join())
    .join(';');
const hasEdge = (element) => EDGES.some((name) => getComputedStyle(element)[name] !== 'none') || ['::before', '::after'].some((part) => getComputedStyle(element, part).content !== 'none');

const inspect = {
  /** Everything that is shown or told, once. */
  texts(ours) {
    const found = new Set();
    for (const element of elementsOf(document)) {
      if (!(element.closest(ours) || element.getRootNode().host?.closest(ours)) || element.matches(UNREAD) || element.closest(FOREIGN) || !seen(element)) continue;
      for (const node of ownText(element)) found.add(node.data.trim());
      for (const name of SPOKEN) if (element.hasAttribute(name)) found.add(element.getAttribute(name));
    }
    for (const option of document.querySelectorAll('option')) found.add(option.text);
    return [...found].filter(Boolean);
  },

  /** Text that is not there whole: beyond a box that clips it, wider than its own, or outside of the window. */
  cutOff() {
    const found = new Set();
    const said = (element, what) => found.add(`${what}: <${element.localName} class="${element.className}"> ${element.textContent.trim().slice(0, 60)}`);
    if (document.documentElement.scrollWidth > innerWidth + 1) found.add(`the page is ${document.documentElement.scrollWidth} px wide`);
    for (const element of elementsOf(document)) {
      if (element.matches('script, style, option, select, input, textarea') || !seen(element) || unseen(element)) continue;
      for (const node of ownText(element)) {
        const how = clipped(node, element);
        if (how) said(element, how);
      }
      const { display, overflowX } = getComputedStyle(element);
      if (ownText(element).length && display !== 'inline' && overflowX === 'visible' && element.clientWidth && element.scrollWidth > element.clientWidth + 1) said(element, 'wider than its box');
    }
    return [...found];
  },

  /** With the colours of the reader's system: controls without words whose sign is gone, a choice like those not chosen, no ring. */
  indistinct(ours) {
    const found = [];
    const said = (element, what) => found.push(`${what}: <${element.localName} class="${element.getAttribute('class')}"> ${element.textContent.trim().slice(0, 40)}`);
    const all = [...elementsOf(document)].filter((element) => (element.closest(ours) || element.getRootNode().host?.closest(ours)) && seen(element) && !unseen(element));
    for (const element of all) {
      if (element.matches('button, a[href], [role=switch]') && !element.innerText?.trim() && ![element, ...element.querySelectorAll('*')].some(hasEdge) && !element.querySelector('svg, img')) said(element, 'no edge and no sign');
      if (element.matches('svg') && [element, ...element.querySelectorAll('*')].every((shape) => ['fill', 'stroke'].every((paint) => ['none', ground].includes(getComputedStyle(shape)[paint])))) said(element, 'a sign like the ground');
      for (const part of [undefined, '::before', '::after']) {
        const style = getComputedStyle(element, part);
        const masked = style.maskImage !== 'none' || style.clipPath.startsWith('polygon');
        if (masked && (!part || style.content !== 'none') && style.backgroundColor === ground) said(element, `a masked sign like the ground ${part ?? ''}`);
      }
      const chosen = CHOICES.find((name) => element.hasAttribute(name) && element.getAttribute(name) !== 'false');
      const other = chosen && [...(element.closest('ul, ol, nav, fieldset, [role=listbox], [role=group]') ?? element.parentElement).querySelectorAll(element.localName)].find((one) => one !== element && seen(one) && one.className === element.className && (one.getAttribute(chosen) ?? 'false') === 'false');
      if (other && looksOf(other) === looksOf(element)) said(element, `${chosen} looks like the others`);
    }
    let at = document.activeElement;
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    if (at && at !== document.body && !at.matches('iframe, [tabindex="-1"]') && at.matches(':focus-visible') && ![at, at.parentElement, at.parentElement?.parentElement].some((one) => one && getComputedStyle(one).outlineStyle !== 'none')) said(at, 'no ring');
    return found;
  },

  /** Buttons that send a form and that no scrolling brings into the window. */
  unreachable(ours) {
    const found = [];
    const open = document.querySelector('dialog[open]');
    for (const button of document.querySelectorAll(`${ours} [type=submit]`)) {
      if (!seen(button) || (open && !open.contains(button))) continue;
      button.scrollIntoView({ block: 'center' });
      const { left, right, top, bottom } = button.getBoundingClientRect();
      const there = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
      if (left < 0 || top < 0 || right > innerWidth || bottom > innerHeight + 1 || !button.contains(there)) found.push(`not to be reached: <button class="${button.className}"> ${button.textContent.trim()}`);
    }
    return found;
  },
};

// In the made-up languages, and nobody else's among them, which are in Russian and Arabic.
const ourWords = (text) => /^\[|[\u202e\u0180-\u024f\u1e00-\u1eff]/.test(text.trim()) && !/[\u0400-\u06ff]/.test(text);
const SCROLLS = ['auto', 'scroll'];
const above = (element) => element.assignedSlot ?? element.parentElement ?? element.getRootNode().host;

/** What keeps the text from being seen whole. Somebody else's words may be shortened; ours have to fit. */
function clipped(node, element) {
  const range = document.createRange();
  range.selectNodeContents(node);
  let { left, right, top, bottom } = range.getBoundingClientRect();
  let across = true;
  let down = true;
  let lifted = false; // positioned by a box further up, over those in between
  for (let at = element; at && at !== document.body && at !== document.documentElement; at = above(at)) {
    const style = getComputedStyle(at);
    if (style.display === 'inline' || style.display === 'contents') continue;
    const box = at.getBoundingClientRect();
    const over = !(lifted && style.position === 'static');
    if (over) lifted = false;
    const clips = over && (style.overflowX !== 'visible' || style.overflowY !== 'visible');
    if (clips && SCROLLS.includes(style.overflowX)) across = false;
    if (clips && SCROLLS.includes(style.overflowY)) down = false;
    const shortens = !ourWords(node.data);
    if (clips && across && (left < box.left - 1 || right > box.right + 1) && !(shortens && style.textOverflow === 'ellipsis')) return 'cut off';
    if (clips && down && (top < box.top - 3 || bottom > box.bottom + 3) && !(shortens && style.webkitLineClamp !== 'none')) return 'cut off below';
    if (clips) [left, right, top, bottom] = [Math.max(left, box.left), Math.min(right, box.right), Math.max(top, box.top), Math.min(bottom, box.bottom)];
    if (style.position === 'fixed') break;
    lifted ||= style.position === 'absolute';
  }
  return across && (left < -1 || right > innerWidth + 1) ? 'outside' : '';
}

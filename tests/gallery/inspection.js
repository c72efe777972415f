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
  for (let at = element; at; at = at.parentElement) if ((at.offsetWidth <= 1 && at.offsetHeight <= 1) || at.matches('.skip')) return true;
  return false;
}

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

  /** Elements whose text is larger than their box, or outside of the window and nowhere to scroll to. */
  cutOff() {
    const found = [];
    const said = (element, what) => found.push(`${what}: <${element.localName} class="${element.className}"> ${element.textContent.trim().slice(0, 60)}`);
    if (document.documentElement.scrollWidth > innerWidth + 1) found.push(`the page is ${document.documentElement.scrollWidth} px wide`);
    for (const element of elementsOf(document)) {
      if (element.matches('script, style, option, select, input, textarea') || !ownText(element).length || !seen(element) || unseen(element)) continue;
      const style = getComputedStyle(element);
      const clips = style.overflowX !== 'visible';
      const scrolls = ['auto', 'scroll'].includes(style.overflowX) || style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none';
      if (style.display !== 'inline' && !scrolls && element.scrollWidth > element.clientWidth + 1 && element.clientWidth) said(element, clips ? 'cut off' : 'wider than its box');
      if (clips && !scrolls && element.scrollHeight > element.clientHeight + 3) said(element, 'cut off below');
      for (const node of ownText(element)) {
        const range = document.createRange();
        range.selectNodeContents(node);
        const { left, right } = range.getBoundingClientRect();
        if ((right > innerWidth + 1 || left < -1) && !scrollable(element)) said(element, 'outside');
      }
    }
    return found;
  },
};

function scrollable(element) {
  for (let at = element; at; at = at.parentElement) if (['auto', 'scroll', 'hidden'].includes(getComputedStyle(at).overflowX) && at !== document.body && at !== document.documentElement && (at.scrollWidth > at.clientWidth + 1 || getComputedStyle(at).textOverflow === 'ellipsis')) return true;
  return false;
}

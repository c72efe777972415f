/** The visitor's ticket page: the site's colour, and times in the reader's own zone. Without it the page reads just as well. */

const root = document.documentElement;
const accent = root.dataset.accent ?? '';

if (/^#[0-9a-f]{6}$/i.test(accent)) {
  root.style.setProperty('--accent', accent);
  root.style.setProperty('--accent-text', luminance(accent) > 0.179 ? '#000' : '#fff');
}

for (const time of document.querySelectorAll('time')) {
  const at = new Date(time.dateTime);
  if (!Number.isNaN(at.getTime())) time.textContent = at.toLocaleString(root.lang, { dateStyle: 'medium', timeStyle: 'short' });
}

/**
 * Relative luminance (WCAG 2.2); above 0.179 black reads better than white.
 * @param {string} hex
 */
function luminance(hex) {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const channel = parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

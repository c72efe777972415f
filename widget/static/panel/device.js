/** Browser and system, as people call them, from what the browser tells of itself. */

/** @type {[RegExp, string][]} the first that fits; many claim to be others */
const BROWSERS = [
  [/\bEdg(?:A|iOS)?\/(\d+)/, 'Edge'],
  [/\b(?:OPR|OPX)\/(\d+)/, 'Opera'],
  [/\bYaBrowser\/(\d+)/, 'Yandex Browser'],
  [/\bSamsungBrowser\/(\d+)/, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\/(\d+)/, 'Firefox'],
  [/\b(?:Chrome|CriOS|HeadlessChrome)\/(\d+)/, 'Chrome'],
  [/\bVersion\/(\d+(?:\.\d+)?).*Safari/, 'Safari'],
];

/** @type {[RegExp, string][]} */
const SYSTEMS = [
  [/\bWindows NT\b/, 'Windows'],
  [/\biPhone OS (\d+)/, 'iOS'],
  [/\bCPU OS (\d+)/, 'iPadOS'],
  [/\bAndroid (\d+)/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
];

/** @param {string} [agent] @returns {{browser: string, system: string}} empty where it is not known */
export function deviceOf(agent = navigator.userAgent) {
  return { browser: named(BROWSERS, agent), system: named(SYSTEMS, agent) };
}

/** @param {[RegExp, string][]} known @param {string} agent */
function named(known, agent) {
  for (const [pattern, name] of known) {
    const found = pattern.exec(agent);
    if (found) return [name, found[1]].filter(Boolean).join(' ');
  }
  return '';
}

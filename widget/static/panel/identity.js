/** The claims of an identity, as far as forms take them over; only the service checks whether they are true. */

/**
 * @param {string | null} token
 * @returns {Record<string, string>} `sub`, `name`, `email`, `phone`, where it has them
 */
export function claimsOf(token) {
  try {
    const payload = (token ?? '').split('.')[1]?.replace(/-/g, '+').replace(/_/g, '/') ?? '';
    const claims = JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(payload), (one) => one.charCodeAt(0))));
    return Object.fromEntries(['sub', 'name', 'email', 'phone'].flatMap((name) => (typeof claims[name] === 'string' ? [[name, claims[name]]] : [])));
  } catch {
    return {};
  }
}

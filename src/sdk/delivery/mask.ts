/** Takes secrets out of a text. */
export type Mask = (text: string) => string;

// What everybody may see; masking them would only make texts unreadable.
const open = new Set(['accept', 'accept-encoding', 'content-encoding', 'content-type', 'host', 'user-agent']);

/**
 * Makes a mask for what a request has to keep to itself: user, password and query of its URL, values of headers, and
 * what else is said to be secret.
 */
export function createMask(url: string, headers: Headers, more: readonly string[] = []): Mask {
  const { username, password, search, searchParams } = new URL(url);
  const secrets = [username, password, search, ...searchParams.values(), ...more];
  for (const [name, value] of headers) if (!open.has(name)) secrets.push(value, ...value.split(/\s+/));
  // The longest first, lest a part of a secret makes the whole unrecognisable. A short one is a word like any other.
  const worth = secrets
    .flatMap((secret) => [secret, safeDecode(secret)])
    .filter((secret) => secret.length >= 6)
    .sort((a, b) => b.length - a.length);
  return (text) => worth.reduce((masked, secret) => masked.replaceAll(secret, '***'), text);
}

/** What a part of a URL stands for. */
export function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A percent sign that escapes nothing is meant as it is.
    return text;
  }
}

// Scheme and host must both be there: `http:///list` has no host, whatever a browser makes of it.
const schemeAndHost = /^https?:\/\/[^/?#]+/i;

/** Where a list comes from, ready to be asked. */
export interface ProviderUrl {
  /** Without user and password: fit for logs, and for a request. */
  readonly href: string;
  /** Value of the Authorization header for the user and password of the URL. */
  readonly authorization: string | undefined;
}

/** Reads an http or https URL with a host; undefined when the text is none. */
export function parseProviderUrl(text: string): ProviderUrl | undefined {
  if (!schemeAndHost.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  const credentials = `${decode(url.username)}:${decode(url.password)}`;
  url.username = url.password = '';
  const authorization = credentials === ':' ? undefined : `Basic ${Buffer.from(credentials).toString('base64')}`;
  return { href: url.href, authorization };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A percent sign that escapes nothing is meant as it is.
    return text;
  }
}

/** Where lines go. */
export interface Receiver {
  readonly host: string;
  readonly port: number;
}

const papertrail = /logs\d+\.papertrailapp\.com:\d{3,5}/;
const address = /^(?:\[([\d:.a-f]+)\]|([\w.-]+)):(\d{1,5})$/i;

/** Finds a Papertrail destination in a text, which may have more around it, as in Mixer; undefined when there is none. */
export function parsePapertrailUrl(text: string): Receiver | undefined {
  return parseReceiver(papertrail.exec(text)?.[0] ?? '');
}

/** Reads `host:port` or `[::1]:port`; undefined when it is neither. */
export function parseReceiver(text: string): Receiver | undefined {
  const [, bracketed, name, digits] = address.exec(text) ?? [];
  const host = bracketed ?? name;
  const port = Number(digits);
  return host !== undefined && port >= 1 && port <= 65_535 ? { host, port } : undefined;
}

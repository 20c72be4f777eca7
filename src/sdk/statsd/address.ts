const shape = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d{1,5})$/;

/** Where lines go. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Reads `host:port`, `[::1]:port` or `:port`, which is this machine; undefined when it is none of them. */
export function parseAddress(text: string): Address | undefined {
  const [, bracketed, name, digits] = shape.exec(text) ?? [];
  const port = Number(digits);
  const host = bracketed ?? name;
  if (host === undefined || !(port >= 1 && port <= 65_535) || /\s/.test(host)) return undefined;
  return { host: host === '' ? '127.0.0.1' : host, port };
}

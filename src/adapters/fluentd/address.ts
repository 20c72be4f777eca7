/** Where the server listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

const pattern = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d{1,5})$/;

/** Reads `host:port` as Go's dialer does: no host is this machine, IPv6 goes in brackets. Undefined when it is neither. */
export function parseAddress(text: string): Address | undefined {
  const [, bracketed, plain, port] = pattern.exec(text) ?? [];
  if (port === undefined || Number(port) > 65_535) return undefined;
  return { host: bracketed ?? (plain === undefined || plain === '' ? 'localhost' : plain), port: Number(port) };
}

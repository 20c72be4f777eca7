import { MixerError } from '../util/errors.js';

/** Where a server listens or a client connects. An empty host means all interfaces, port 0 any free port. */
export type ListenAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

const hostAndPort = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/;

/**
 * Reads `tcp://host:port`, `unix://path` or a bare `host:port` (mixer-core.md 6.13).
 *
 * @throws MixerError USAGE when the text is none of them.
 */
export function parseAddress(text: string): ListenAddress {
  const [scheme, rest] = splitScheme(text);
  if (scheme === 'unix') {
    if (rest === '') throw new MixerError('USAGE', `address '${text}' has no socket path`);
    return { kind: 'unix', path: rest };
  }
  if (scheme !== 'tcp') {
    throw new MixerError('USAGE', `address '${text}' has the unknown scheme '${scheme}': use tcp:// or unix://`);
  }
  const match = hostAndPort.exec(rest);
  const port = Number(match?.[3]);
  if (match === null || port > 65535)
    throw new MixerError('USAGE', `address '${text}' is not host:port, as in 127.0.0.1:9091 or :9091`);
  return { kind: 'tcp', host: match[1] ?? match[2] ?? '', port };
}

function splitScheme(text: string): [scheme: string, rest: string] {
  const at = text.indexOf('://');
  return at < 0 ? ['tcp', text] : [text.slice(0, at), text.slice(at + 3)];
}

/** `host:port` with brackets around an IPv6 host. */
export function formatHostPort(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** The form that {@link parseAddress} reads, always with its scheme. */
export function formatAddress(address: ListenAddress): string {
  return address.kind === 'unix' ? `unix://${address.path}` : `tcp://${formatHostPort(address.host, address.port)}`;
}

/** A URL that a person can open: an empty host, which means all interfaces, is shown as localhost. */
export function httpUrl(host: string, port: number): string {
  return `http://${formatHostPort(host === '' ? 'localhost' : host, port)}`;
}

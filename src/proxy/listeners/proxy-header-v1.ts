import { isIPv4, isIPv6 } from 'node:net';
import { plainAddress } from './plain-address.js';
import type { ProxyHeader } from './proxy-header-type.js';
import { bad, found, more, type Verdict } from './verdict.js';

export const textSignature = Buffer.from('PROXY ');

// The longest line that the protocol knows, with its end.
const longest = 107;
const lineFeed = 10;

/** Reads a line such as `PROXY TCP4 192.0.2.1 192.0.2.2 40000 443`. */
export function parseTextHeader(bytes: Buffer): Verdict<ProxyHeader> {
  const end = bytes.subarray(0, longest).indexOf(lineFeed);
  if (end < 0) return bytes.length >= longest ? bad('PROXY line is too long') : more(bytes.length + 1);
  const line = bytes.toString('latin1', 0, end + 1);
  if (!line.endsWith('\r\n')) return bad('PROXY line does not end in CRLF');
  const [family = '', ...addresses] = line.slice(textSignature.length, -2).split(' ');
  // What follows is of no interest, whatever it is.
  if (family === 'UNKNOWN') return found({ length: line.length, route: undefined });
  const isAddress = families.get(family);
  if (isAddress === undefined) return bad('PROXY line has an unknown family');
  const route = readRoute(addresses, isAddress);
  return route === undefined ? bad('PROXY line has bad addresses') : found({ length: line.length, route });
}

const families = new Map([
  ['TCP4', isIPv4],
  ['TCP6', isPlainIPv6],
]);

function readRoute(addresses: readonly string[], isAddress: (text: string) => boolean): ProxyHeader['route'] {
  const [source = '', destination = '', sourcePort = '', destinationPort = ''] = addresses;
  const ports = [readPort(sourcePort), readPort(destinationPort)] as const;
  const isSound = addresses.length === 4 && isAddress(source) && isAddress(destination);
  if (!isSound || ports[0] === undefined || ports[1] === undefined) return undefined;
  return {
    source: { host: plainAddress(source), port: ports[0] },
    destination: { host: plainAddress(destination), port: ports[1] },
  };
}

/** Without a zone, which means nothing on another host. */
function isPlainIPv6(text: string): boolean {
  return isIPv6(text) && !text.includes('%');
}

function readPort(text: string): number | undefined {
  if (!/^(?:0|[1-9]\d{0,4})$/.test(text)) return undefined;
  const port = Number(text);
  return port > 65_535 ? undefined : port;
}

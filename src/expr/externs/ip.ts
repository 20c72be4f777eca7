import ipaddr from 'ipaddr.js';
import { EvalError } from '../../attributes/index.js';

// ipaddr.js is laxer than Go: it takes octal and hexadecimal parts, fewer than four of them, zones and long groups.
const strictV4 = /^(?:(?:0|[1-9]\d{0,2})(?:\.(?!$)|$)){4}$/;
const strictV6 = /^[\da-fA-F:]*:[\da-fA-F]{0,4}$|^[\da-fA-F:]*:(?:(?:0|[1-9]\d{0,2})(?:\.(?!$)|$)){4}$/;
const dottedTail = /[\d.]+\.[\d.]+$/;
const longGroup = /[\da-fA-F]{5}/;

/**
 * Reads an address as Go's net.ParseIP does: dotted quad without leading zeros, or IPv6 without a zone. The result
 * always has 16 bytes; an IPv4 address is mapped into IPv6.
 */
export function parseIp(text: string): Uint8Array | EvalError {
  if (strictV4.test(text) && ipaddr.IPv4.isValid(text))
    return Uint8Array.from(ipaddr.IPv4.parse(text).toIPv4MappedAddress().toByteArray());
  const hex = strictV6.test(text) && !longGroup.test(text) ? text.replace(dottedTail, hexadecimal) : '';
  if (ipaddr.IPv6.isValid(hex)) return Uint8Array.from(ipaddr.IPv6.parse(hex).toByteArray());
  return new EvalError('INVALID_IP_ADDRESS', `'${text}' is no IP address`, text);
}

/** Whether two addresses are the same one: four bytes equal the sixteen that map them (mixer-core.md 3.5). */
export function equalIps(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length === b.length) return endsEqual(a, b, a.length);
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return short.length === 4 && isMapped(long) && endsEqual(short, long, 4);
}

function endsEqual(a: Uint8Array, b: Uint8Array, count: number): boolean {
  for (let i = 1; i <= count; i++) if (a[a.length - i] !== b[b.length - i]) return false;
  return true;
}

function isMapped(address: Uint8Array): boolean {
  if (address.length !== 16 || address[10] !== 0xff || address[11] !== 0xff) return false;
  for (let i = 0; i < 10; i++) if (address[i] !== 0) return false;
  return true;
}

// ipaddr.js reads `::1.2.3.4` as a mapped address, so it never sees dots.
function hexadecimal(dotted: string): string {
  if (!ipaddr.IPv4.isValid(dotted)) return dotted;
  const [a, b, c, d] = ipaddr.IPv4.parse(dotted).toByteArray() as [number, number, number, number];
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

import { parseIp, toIpv6 } from 'fairlead/sdk';

/** Whether an address matches. */
export type AddressMatch = (address: Uint8Array) => boolean;

const prefixText = /^\d{1,3}$/;

/**
 * A match by an address, a CIDR range, or `*` for any. IPv4 and mapped IPv6 addresses are the same; IPv4 addresses are
 * in no other IPv6 range. Undefined when the text is none of these.
 */
export function compileAddress(text: string): AddressMatch | undefined {
  if (text === '*') return () => true;
  const slash = text.indexOf('/');
  const base = parseIp(slash < 0 ? text : text.slice(0, slash));
  const first = base && toIpv6(base);
  if (base === undefined || first === undefined) return undefined;
  const bits = base.length * 8;
  const suffix = slash < 0 ? String(bits) : text.slice(slash + 1);
  if (!prefixText.test(suffix) || Number(suffix) > bits) return undefined;
  const length = 128 - bits + Number(suffix);
  const mapped = isMapped(first);
  return (address) => {
    const wide = toIpv6(address);
    return wide !== undefined && isMapped(wide) === mapped && sharesBits(wide, first, length);
  };
}

function isMapped(address: Uint8Array): boolean {
  for (let index = 0; index < 10; index++) if (address[index] !== 0) return false;
  return address[10] === 0xff && address[11] === 0xff;
}

function sharesBits(a: Uint8Array, b: Uint8Array, length: number): boolean {
  const whole = length >> 3;
  for (let index = 0; index < whole; index++) if (a[index] !== b[index]) return false;
  const rest = length & 7;
  return rest === 0 || ((a[whole] ?? 0) ^ (b[whole] ?? 0)) >> (8 - rest) === 0;
}

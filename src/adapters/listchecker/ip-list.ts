import { parseIp, toIpv6 } from 'fairlead/sdk';

const prefixText = /^\d{1,3}$/;

/** A range of addresses in 128 bits, IPv4 mapped: its first address and how many leading bits count. */
export interface IpRange {
  readonly first: bigint;
  readonly prefix: number;
}

/**
 * Reads an address or a CIDR range. Host bits do not matter, and an address alone is a range of one. (Mixer gave IPv6
 * addresses a /32, which let 2^96 strangers in.) Undefined when the text is neither.
 */
export function parseRange(text: string): IpRange | undefined {
  const slash = text.indexOf('/');
  const address = parseIp(slash < 0 ? text : text.slice(0, slash));
  if (address === undefined) return undefined;
  const bits = address.length * 8;
  const suffix = slash < 0 ? String(bits) : text.slice(slash + 1);
  if (!prefixText.test(suffix) || Number(suffix) > bits) return undefined;
  const prefix = 128 - bits + Number(suffix);
  return { first: mask(toNumber(address), prefix), prefix };
}

/**
 * Ranges of addresses to look single addresses up in: one probe per distinct prefix length. IPv4 addresses are in IPv4
 * ranges only, not in `::/0`, as in Go.
 */
export class IpList {
  readonly #v4 = new Map<number, Set<bigint>>();
  readonly #v6 = new Map<number, Set<bigint>>();

  constructor(ranges: Iterable<IpRange>) {
    for (const { first, prefix } of ranges) {
      const family = isMapped(first) ? this.#v4 : this.#v6;
      const firsts = family.get(prefix) ?? new Set();
      family.set(prefix, firsts.add(first));
    }
  }

  /** Whether some range covers the address; undefined when the text is no address. */
  has(text: string): boolean | undefined {
    const address = parseIp(text);
    if (address === undefined) return undefined;
    const number = toNumber(address);
    for (const [prefix, firsts] of isMapped(number) ? this.#v4 : this.#v6) {
      if (firsts.has(mask(number, prefix))) return true;
    }
    return false;
  }
}

function toNumber(address: Uint8Array): bigint {
  let number = 0n;
  for (const byte of toIpv6(address) ?? []) number = (number << 8n) | BigInt(byte);
  return number;
}

function isMapped(number: bigint): boolean {
  return number >> 32n === 0xffffn;
}

function mask(number: bigint, prefix: number): bigint {
  const hostBits = BigInt(128 - prefix);
  return (number >> hostBits) << hostBits;
}

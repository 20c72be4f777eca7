import { Ipv4Ranges } from './ipv4-ranges.js';
import { Ipv6Ranges } from './ipv6-ranges.js';
import { type Groups, parseIpv4, parseIpv6, readBytes } from './ip-text.js';
import { pieceSize, type Steps } from './steps.js';

const lengthText = /^\d{1,3}$/;
const groups: Groups = new Uint16Array(8);

/**
 * Ranges of addresses to look single addresses up in: sorted, overlapping ones made one, searched by halves. IPv4
 * addresses are in IPv4 ranges only, not in `::/0`, as in Go.
 */
export class IpList {
  readonly #v4 = new Ipv4Ranges();
  readonly #v6 = new Ipv6Ranges();

  /**
   * A list of addresses and CIDR ranges; a text is the first of them that is neither. Host bits do not matter, and an
   * address alone is a range of one. (Mixer gave IPv6 addresses a /32, which let 2^96 strangers in.) Ranges of mapped
   * addresses (`::ffff:10.0.0.0/104`) are IPv4.
   */
  static *of(entries: readonly string[]): Steps<IpList | string> {
    const list = new IpList();
    for (const [index, entry] of entries.entries()) {
      if (index % pieceSize === 0) yield;
      if (!list.#add(entry)) return entry;
    }
    yield* list.#v4.seal();
    yield* list.#v6.seal();
    return list;
  }

  /** Whether some range covers the address; undefined when the text is no address. */
  has(text: string): boolean | undefined {
    const quad = parseIpv4(text);
    if (quad >= 0) return this.#v4.has(quad);
    return parseIpv6(text, groups) ? this.#hasGroups() : undefined;
  }

  /** The same for an address of 4 or 16 bytes; undefined for any other length. */
  hasAddress(address: Uint8Array): boolean | undefined {
    return readBytes(address, groups) ? this.#hasGroups() : undefined;
  }

  #hasGroups(): boolean {
    return isMapped() ? this.#v4.has(mappedQuad()) : this.#v6.has(groups);
  }

  #add(text: string): boolean {
    const slash = text.indexOf('/');
    const address = slash < 0 ? text : text.slice(0, slash);
    const suffix = slash < 0 ? undefined : text.slice(slash + 1);
    if (suffix !== undefined && !lengthText.test(suffix)) return false;
    const quad = parseIpv4(address);
    if (quad >= 0) return this.#addIpv4(quad, suffix === undefined ? 32 : Number(suffix));
    if (!parseIpv6(address, groups)) return false;
    const length = suffix === undefined ? 128 : Number(suffix);
    // A range that is wider than all mapped addresses is one of IPv6, whatever it is written like.
    if (isMapped() && length >= 96) return this.#addIpv4(mappedQuad(), length - 96);
    if (length > 128) return false;
    this.#v6.add(groups, length);
    return true;
  }

  #addIpv4(quad: number, length: number): boolean {
    if (length > 32) return false;
    this.#v4.add(quad, length);
    return true;
  }
}

function isMapped(): boolean {
  if (groups[5] !== 0xffff) return false;
  return (groups[0]! | groups[1]! | groups[2]! | groups[3]! | groups[4]!) === 0;
}

function mappedQuad(): number {
  return groups[6]! * 0x10000 + groups[7]!;
}

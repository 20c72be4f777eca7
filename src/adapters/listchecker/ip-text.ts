import { parseIp, toIpv6 } from 'fairlead/sdk';

const dot = 0x2e;
const colon = 0x3a;
const zero = 0x30;

/** The number that a dotted quad stands for; -1 when the text is none. Allocates nothing. */
export function parseIpv4(text: string): number {
  let address = 0;
  let octet = 0;
  let digits = 0;
  let dots = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === dot) {
      if (digits === 0 || dots === 3) return -1;
      address = address * 256 + octet;
      dots += 1;
      octet = digits = 0;
      continue;
    }
    const digit = code - zero;
    octet = octet * 10 + digit;
    digits += 1;
    if (digit < 0 || digit > 9 || digits > 3 || octet > 255) return -1;
  }
  return dots === 3 && digits > 0 ? address * 256 + octet : -1;
}

/** Eight groups of 16 bits; whoever reads them must have done so before the next text is parsed. */
export type Groups = Uint16Array;

/**
 * Reads an IPv6 address into eight groups, without allocating for those that end in no dotted quad. False when the text
 * is none.
 */
export function parseIpv6(text: string, groups: Groups): boolean {
  if (text.includes('.')) return readBytes(parseIp(text), groups);
  let count = 0;
  let gap = -1;
  for (let at = 0; at < text.length;) {
    if (text.charCodeAt(at) === colon) {
      // A colon starts a group only as one half of the gap, of which there is one.
      if (text.charCodeAt(at + 1) !== colon || gap >= 0) return false;
      gap = count;
      at += 2;
      continue;
    }
    const end = readGroup(text, at);
    if (end === at || end - at > 4 || count === 8) return false;
    groups[count] = group;
    count += 1;
    at = skipColon(text, end);
    if (at < 0) return false;
  }
  return gap < 0 ? count === 8 : fillGap(groups, { gap, count });
}

/** Where the next group or the gap starts; -1 when neither can be there. */
function skipColon(text: string, at: number): number {
  if (at === text.length) return at;
  if (text.charCodeAt(at) !== colon || at + 1 === text.length) return -1;
  return text.charCodeAt(at + 1) === colon ? at : at + 1;
}

/** Puts the zeros in; a gap stands for at least one group. */
function fillGap(groups: Groups, { gap, count }: { readonly gap: number; readonly count: number }): boolean {
  if (count > 7) return false;
  groups.copyWithin(gap + 8 - count, gap, count);
  groups.fill(0, gap, gap + 8 - count);
  return true;
}

/** Reads an address of 4 or 16 bytes into eight groups, IPv4 mapped. False when there are none or others. */
export function readBytes(bytes: Uint8Array | undefined, groups: Groups): boolean {
  const wide = bytes === undefined ? undefined : toIpv6(bytes);
  if (wide === undefined) return false;
  for (let index = 0; index < 8; index += 1) groups[index] = (wide[2 * index]! << 8) | wide[2 * index + 1]!;
  return true;
}

/** The value that {@link readGroup} has read last: two results, and no object for them. */
let group = 0;

/** Reads hexadecimal digits; answers where they end. */
function readGroup(text: string, start: number): number {
  let at = start;
  group = 0;
  for (; at < text.length; at += 1) {
    const digit = hexDigit(text.charCodeAt(at));
    if (digit < 0) break;
    group = (group << 4) | digit;
  }
  return at;
}

function hexDigit(code: number): number {
  if (code >= zero && code <= zero + 9) return code - zero;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

const mappedPrefix = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff);
const octet = /^\d{1,3}$/;
const hextet = /^[0-9a-fA-F]{1,4}$/;

/**
 * The text of an IP address of 4 or 16 raw bytes as Go's `net.IP.String` writes it: IPv4 and IPv4-mapped addresses as
 * a dotted quad, others in lower case with the longest run of zeros as `::`. No bytes are `<nil>`; any other length is
 * `?` and the bytes in hexadecimal, so that a log line shows what was sent.
 */
export function formatIp(bytes: Uint8Array): string {
  if (bytes.length === 4) return quad(bytes, 0);
  if (bytes.length === 16) return isMapped(bytes) ? quad(bytes, 12) : formatIpv6(bytes);
  return bytes.length === 0 ? '<nil>' : `?${hex(bytes)}`;
}

/** Reads an IP address: 4 bytes for a dotted quad, 16 for IPv6; undefined when the text is neither. No zones. */
export function parseIp(text: string): Uint8Array | undefined {
  if (!text.includes(':')) return parseQuad(text);
  const gap = text.indexOf('::');
  if (gap < 0) {
    const all = parseGroups(text);
    return all?.length === 16 ? Uint8Array.from(all) : undefined;
  }
  const before = parseGroups(text.slice(0, gap), { last: false });
  const after = parseGroups(text.slice(gap + 2));
  // A `::` stands for at least one group of zeros.
  if (before === undefined || after === undefined || before.length + after.length > 14) return undefined;
  const bytes = new Uint8Array(16);
  bytes.set(before, 0);
  bytes.set(after, 16 - after.length);
  return bytes;
}

/** The address in 16 bytes, IPv4 mapped: makes addresses of both lengths comparable. Other lengths give undefined. */
export function toIpv6(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes.length === 16) return bytes;
  if (bytes.length !== 4) return undefined;
  const wide = new Uint8Array(16);
  wide.set(mappedPrefix, 0);
  wide.set(bytes, 12);
  return wide;
}

function isMapped(bytes: Uint8Array): boolean {
  // A plain loop: addresses usually come mapped, and this runs for each of them.
  for (let at = 0; at < 12; at += 1) if (bytes[at] !== mappedPrefix[at]) return false;
  return true;
}

function quad(bytes: Uint8Array, at: number): string {
  return `${bytes[at]!}.${bytes[at + 1]!}.${bytes[at + 2]!}.${bytes[at + 3]!}`;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function formatIpv6(bytes: Uint8Array): string {
  const groups: number[] = [];
  for (let at = 0; at < 16; at += 2) groups.push((bytes[at]! << 8) | bytes[at + 1]!);
  const { start, length } = longestZeros(groups);
  const text = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  return length < 2 ? text(groups) : `${text(groups.slice(0, start))}::${text(groups.slice(start + length))}`;
}

function longestZeros(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let length = 0;
  for (const [index, group] of groups.entries()) {
    length = group === 0 ? length + 1 : 0;
    if (length > best.length) best = { start: index - length + 1, length };
  }
  return best;
}

function parseQuad(text: string): Uint8Array | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  const bytes = new Uint8Array(4);
  for (const [index, part] of parts.entries()) {
    if (!octet.test(part) || Number(part) > 255) return undefined;
    bytes[index] = Number(part);
  }
  return bytes;
}

/** Bytes of colon-separated groups; only the `last` one of an address may be a dotted quad. */
function parseGroups(text: string, { last = true } = {}): number[] | undefined {
  if (text === '') return [];
  const bytes: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (hextet.test(part)) {
      const group = parseInt(part, 16);
      bytes.push(group >> 8, group & 0xff);
      continue;
    }
    const tail = last && index === parts.length - 1 ? parseQuad(part) : undefined;
    if (tail === undefined) return undefined;
    bytes.push(...tail);
  }
  return bytes;
}

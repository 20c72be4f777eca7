import { formatIp, parseIp } from 'fairlead/sdk';

/** An address as a key of a map: a number for IPv4, which costs nothing to make, a text for IPv6. */
export type IpKey = number | string;

/** The key of an address of 4 or 16 bytes; undefined for other lengths and for "no address in particular". */
export function ipKey(bytes: Uint8Array): IpKey | undefined {
  const { length } = bytes;
  if (length !== 4 && length !== 16) return undefined;
  if (length === 16 && !isMapped(bytes)) {
    const text = formatIp(bytes);
    return text === '::' ? undefined : text;
  }
  const at = length - 4;
  const number = ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
  return number === 0 ? undefined : number;
}

/** The key of an address as text; undefined when it is none. */
export function ipKeyOfText(text: string): IpKey | undefined {
  const bytes = parseIp(text);
  return bytes === undefined ? undefined : ipKey(bytes);
}

function isMapped(bytes: Uint8Array): boolean {
  for (let at = 0; at < 10; at += 1) if (bytes[at] !== 0) return false;
  return bytes[10] === 0xff && bytes[11] === 0xff;
}

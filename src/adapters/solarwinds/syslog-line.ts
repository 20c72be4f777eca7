import type { Timestamp } from 'fairlead/sdk';

/** Papertrail takes packets of 1024 bytes, of which IP and UDP have 28. */
const maxBytes = 996;
/** Facility kern, severity info. */
const priority = 6;

/**
 * Writes a datagram of syslog. Whatever would break the line is a blank, for users choose what is in it; what does not
 * fit into a packet is cut off, never within a character.
 */
export function writeSyslogLine(
  payload: string,
  { time, host, program }: { readonly time: Timestamp; readonly host: string; readonly program: string },
): Uint8Array {
  const line = Buffer.from(`<${priority}>${time.toString(0)} ${host} ${program}: ${oneLine(payload)}`);
  // Room for the line's end.
  const text = cutBytes(line, maxBytes - 1);
  return Buffer.concat([text, Buffer.of(0x0a)]);
}

/** Makes a name of a host that cannot be taken for anything else in a line; it may be one that no host has. */
export function cleanHost(name: string): string {
  return name.replace(/[^\w.-]/g, '_').slice(0, 120) || '-';
}

/** No character is less than a byte, so more than that many are not worth looking at. */
function oneLine(text: string): string {
  return text
    .slice(0, maxBytes)
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim();
}

function cutBytes(bytes: Buffer, length: number): Buffer {
  if (bytes.length <= length) return bytes;
  let end = length;
  while ((bytes[end]! & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end);
}

import { STATUS_CODES } from 'node:http';
import { isTarget, isToken, tokenOctets, valueOctets } from './octets.js';

const [colon, blank, carriageReturn, lineFeed] = [58, 32, 13, 10];
const firstSize = 16 * 1024;
// Of a line, besides its name and value.
const marks = 4;

const statusLines = new Map<number, string>();

/** The first line of an answer. */
export function statusLine(status: number): string {
  let line = statusLines.get(status);
  if (line === undefined) {
    line = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`;
    if (statusLines.size < 1000) statusLines.set(status, line);
  }
  return line;
}

/**
 * Writes heads, octet by octet: what has to be looked at is copied in the same walk, and no text is put together only to
 * be taken apart. One for all, since a head is written in one go.
 */
export class HeadWriter {
  #bytes = Buffer.allocUnsafeSlow(firstSize);
  #at = 0;

  /** A text that we have made ourselves, of an octet each. */
  text(text: string): void {
    this.#reserve(text.length);
    const bytes = this.#bytes;
    let at = this.#at;
    for (let index = 0; index < text.length; index++) bytes[at++] = text.charCodeAt(index);
    this.#at = at;
  }

  /** The line of a header. A name that is none is left out: it would be another line. */
  field(name: string, value: string): void {
    const start = this.#at;
    this.#reserve(name.length + value.length + marks);
    if (name === '' || !this.#copy(name, tokenOctets)) {
      this.#at = start;
      return;
    }
    const bytes = this.#bytes;
    bytes[this.#at++] = colon;
    bytes[this.#at++] = blank;
    const before = this.#at;
    if (!this.#copy(value, valueOctets)) {
      this.#at = before;
      this.text(plain(value));
      this.#reserve(marks);
    }
    this.#bytes[this.#at++] = carriageReturn;
    this.#bytes[this.#at++] = lineFeed;
  }

  /** A path for a request line: what may not be in one is encoded. */
  target(path: string): void {
    this.text(isTarget(path) ? path : encodeTarget(path));
  }

  /** What has been written since the last time. */
  take(): Buffer {
    const taken = Buffer.from(this.#bytes.subarray(0, this.#at));
    this.#at = 0;
    return taken;
  }

  /** Stops at what is not in the table. */
  #copy(text: string, table: Uint8Array): boolean {
    const bytes = this.#bytes;
    let at = this.#at;
    for (let index = 0; index < text.length; index++) {
      const octet = text.charCodeAt(index);
      if (table[octet] !== 1) return false;
      bytes[at++] = octet;
    }
    this.#at = at;
    return true;
  }

  #reserve(count: number): void {
    if (this.#at + count <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * (this.#at + count));
    larger.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = larger;
  }
}

export const headWriter = new HeadWriter();

/** The line of a header, for where there are few. */
export function fieldLine(name: string, value: string): string {
  return isToken(name) ? `${name}: ${plain(value)}\r\n` : '';
}

/** As RFC 9110, 5.5 wants it; what is no octet is written as in UTF-8. */
function plain(value: string): string {
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  return octetsOf(value).replaceAll(/[\0-\x08\x0a-\x1f\x7f]/g, ' ');
}

function encodeTarget(path: string): string {
  const encode = (octet: string): string => `%${octet.charCodeAt(0).toString(16).padStart(2, '0')}`;
  return octetsOf(path).replaceAll(/[\0-\x20\x7f]/g, encode);
}

function octetsOf(text: string): string {
  return /[^\0-\xff]/.test(text) ? Buffer.from(text).toString('latin1') : text;
}

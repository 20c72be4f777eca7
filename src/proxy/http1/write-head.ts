import { STATUS_CODES } from 'node:http';
import { isToken, isValue } from './octets.js';

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

/** The line of a header. A name that is none is left out: it would be another line. */
export function fieldLine(name: string, value: string): string {
  if (isValue(value) && isToken(name)) return `${name}: ${value}\r\n`;
  return isToken(name) ? `${name}: ${plain(value)}\r\n` : '';
}

/** As RFC 9110, 5.5 wants it; what is no octet is written as in UTF-8. */
function plain(value: string): string {
  const octets = /[^\0-\xff]/.test(value) ? Buffer.from(value).toString('latin1') : value;
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  return octets.replaceAll(/[\0-\x08\x0a-\x1f\x7f]/g, ' ');
}

/** A path for a request line: what may not be in one is encoded. */
export function encodeTarget(path: string): string {
  const octets = /[^\0-\xff]/.test(path) ? Buffer.from(path).toString('latin1') : path;

  return octets.replaceAll(/[\0-\x20\x7f]/g, (octet) => `%${octet.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

import { readExtensions, type ClientHello } from './client-hello-extensions.js';
import { bad, found, more, type Verdict } from './verdict.js';

export type { ClientHello } from './client-hello-extensions.js';

const handshakeRecord = 22;
const majorVersion = 3;
const recordHead = 5;
const longestRecord = 16_384;
// Of all records together. Real ones, even with keys that no quantum computer breaks, take a few kilobytes.
const longestHello = 16_384;

/** Undefined for what is not TLS. Reads no more than it has to, and never believes a length. */
export function parseClientHello(bytes: Buffer): Verdict<ClientHello | undefined> {
  if (bytes.length === 0) return more(1);
  if (bytes[0] !== handshakeRecord) return found(undefined);
  if (bytes.length === 1) return more(2);
  return bytes[1] === majorVersion ? parseRecords(bytes) : found(undefined);
}

function parseRecords(bytes: Buffer): Verdict<ClientHello> {
  const fragments: Buffer[] = [];
  for (let at = 0; ;) {
    if (bytes.length < at + recordHead) return wait(at + recordHead);
    if (bytes[at] !== handshakeRecord || bytes[at + 1] !== majorVersion) return bad('TLS record of another kind');
    const length = bytes.readUInt16BE(at + 3);
    if (length === 0 || length > longestRecord) return bad('TLS record of a bad length');
    const end = at + recordHead + length;
    if (end > longestHello || bytes.length < end) return wait(end);
    fragments.push(bytes.subarray(at + recordHead, end));
    const hello = parseHandshake(fragments.length === 1 ? fragments[0]! : Buffer.concat(fragments));
    if (hello !== undefined) return hello;
    at = end;
  }
}

function wait(atLeast: number): Verdict<never> {
  return atLeast > longestHello ? bad('ClientHello is too long') : more(atLeast);
}

/** Undefined when records are missing. */
function parseHandshake(message: Buffer): Verdict<ClientHello> | undefined {
  if (message[0] !== 1) return bad('no ClientHello');
  if (message.length < 4) return undefined;
  const length = message.readUIntBE(1, 3);
  if (length > longestHello) return bad('ClientHello is too long');
  if (message.length < 4 + length) return undefined;
  const hello = readExtensions(message.subarray(4, 4 + length));
  return hello === undefined ? bad('malformed ClientHello') : found(hello);
}

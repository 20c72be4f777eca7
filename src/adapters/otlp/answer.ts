import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

import type { Verdict } from './transport.js';

const longestText = 200;

/** The verdict of an ExportXServiceResponse in protobuf: what it says of a part that was not taken. */
export function readProtobufResponse(bytes: Uint8Array): Verdict {
  let partial: Uint8Array | undefined;
  eachField(bytes, (field, reader, type) => {
    const isPartial = field === 1 && type === WireType.LengthDelimited;
    if (isPartial) partial = reader.bytes();
    return isPartial;
  });
  if (partial === undefined) return { kind: 'delivered' };
  let rejected = 0n;
  let reason = '';
  eachField(partial, (field, reader, type) => {
    if (field === 1 && type === WireType.Varint) rejected = BigInt(reader.int64());
    else if (field === 2 && type === WireType.LengthDelimited) reason = reader.string();
    else return false;
    return true;
  });
  return verdictOf(Number(rejected), reason);
}

/** The same in JSON. */
export function readJsonResponse(text: string): Verdict {
  const answer: unknown = JSON.parse(text);
  if (!isObject(answer)) throw new Error('the answer is no object');
  const partial = answer['partialSuccess'];
  if (!isObject(partial)) return { kind: 'delivered' };
  const count = partial['rejectedSpans'] ?? partial['rejectedDataPoints'] ?? partial['rejectedLogRecords'] ?? 0;
  const reason = partial['errorMessage'];
  return verdictOf(Number(count), typeof reason === 'string' ? reason : '');
}

/** The message and the pause of a google.rpc.Status in protobuf; empty for anything else. */
export function readStatus(bytes: Uint8Array): { readonly message: string; readonly retryMillis: number | undefined } {
  let message = '';
  let retryMillis: number | undefined;
  try {
    eachField(bytes, (field, reader, type) => {
      if (type !== WireType.LengthDelimited) return false;
      if (field === 2) message = reader.string();
      else if (field === 3) retryMillis = readRetryInfo(reader.bytes()) ?? retryMillis;
      else return false;
      return true;
    });
  } catch {
    // A proxy's words; the code says enough.
  }
  return { message, retryMillis };
}

/** One line of a bounded length, for logs: whoever answers may write anything. */
export function oneLine(text: string): string {
  const line = text
    .slice(0, 4 * longestText)
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  return line.length > longestText ? `${line.slice(0, longestText)}...` : line;
}

function verdictOf(rejected: number, reason: string): Verdict {
  // Nothing rejected but a message is a warning, which is worth a line all the same.
  if (!(rejected > 0) && reason === '') return { kind: 'delivered' };
  return { kind: 'partial', rejected: rejected > 0 ? rejected : 0, reason: oneLine(reason) };
}

/** Milliseconds of a RetryInfo in an Any; undefined for any other detail. */
function readRetryInfo(any: Uint8Array): number | undefined {
  let type = '';
  let value = new Uint8Array();
  eachField(any, (field, reader) => {
    if (field === 1) type = reader.string();
    else if (field === 2) value = new Uint8Array(reader.bytes());
    return field === 1 || field === 2;
  });
  if (!type.endsWith('/google.rpc.RetryInfo')) return undefined;
  let millis = 0;
  eachField(value, (field, reader) => {
    if (field !== 1) return false;
    eachField(reader.bytes(), (part, duration) => {
      if (part === 1) millis += Number(duration.int64()) * 1000;
      else if (part === 2) millis += duration.int32() / 1e6;
      return part === 1 || part === 2;
    });
    return true;
  });
  return Math.max(0, millis);
}

/** Reads a message; `read` takes the fields it knows and answers false for all others. Throws on what is no message. */
function eachField(bytes: Uint8Array, read: (field: number, reader: BinaryReader, type: WireType) => boolean): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (!read(field, reader, type)) reader.skip(type);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

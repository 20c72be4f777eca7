import type { OutgoingHttpHeaders } from 'node:http2';
import { toSafeFields } from '../../http/http2-fields.js';
import type { RequestHead } from '../../http/message.js';

// RFC 9113, 8.2.2: these make a message malformed. The authority says what `host` would.
const neverSent: ReadonlySet<string> = new Set([
  'connection',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

/** What Node writes as the head of a request. */
export function writtenHeaders(head: RequestHead): OutgoingHttpHeaders {
  const written = pseudoHeaders(head);
  const { raw } = head.headers;
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!;
    const value = raw[index + 1]!;
    if (neverSent.has(name) || (name === 'te' && value !== 'trailers')) continue;
    const before = written[name];
    if (before === undefined) written[name] = value;
    else if (Array.isArray(before)) before.push(value);
    else written[name] = [before as string, value];
  }
  return written;
}

/** The same without what Node refuses. */
export function safeHeaders(head: RequestHead): OutgoingHttpHeaders {
  const { raw } = head.headers;
  const sent = raw.filter((_text, index) => !neverSent.has(raw[index - (index % 2)]!));
  const te = head.headers.get('te') === 'trailers' ? { te: 'trailers' } : {};
  return Object.assign(pseudoHeaders(head), toSafeFields(sent), te);
}

function pseudoHeaders({ method, path, scheme, authority }: RequestHead): OutgoingHttpHeaders {
  const written = Object.create(null) as OutgoingHttpHeaders;
  written[':method'] = method;
  written[':path'] = path;
  written[':scheme'] = scheme;
  written[':authority'] = authority;
  return written;
}

/** Bytes of names and values. */
export function sizeOf(raw: readonly string[]): number {
  let size = 0;
  for (const text of raw) size += text.length;
  return size;
}

/** Names and values as they came, without pseudo-headers. */
export function readHeaders(raw: readonly string[]): string[] {
  const read: string[] = [];
  for (let index = 0; index < raw.length; index += 2) {
    if (!raw[index]!.startsWith(':')) read.push(raw[index]!, raw[index + 1]!);
  }
  return read;
}

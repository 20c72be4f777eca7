import type { IncomingMessage, ServerResponse } from 'node:http';

import { declaredLength } from './header-size.js';

/** Bytes so far. */
export interface ByteCount {
  readonly bytes: number;
}

/** Counts the body of a request as it comes in, without reading it. */
export function countRequestBody(request: IncomingMessage): ByteCount {
  const declared = declaredLength(request.headers['content-length']);
  const count = { bytes: declared ?? 0 };
  const mayHaveBody = request.headers['transfer-encoding'] !== undefined || request.httpVersionMajor > 1;
  if (declared === undefined && mayHaveBody) {
    // Not by listening: a listener for data would set the stream flowing before, or between, its reader's own.
    const push = request.push.bind(request);
    request.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
      count.bytes += sizeOf(chunk, encoding);
      return push(chunk, encoding);
    };
  }
  return count;
}

/** Counts what is written as the body of a response. */
export function countResponseBody(response: ServerResponse): ByteCount {
  const count = { bytes: 0 };
  let isEnding = false;
  const write = response.write.bind(response) as (...args: unknown[]) => boolean;
  const end = response.end.bind(response) as (...args: unknown[]) => ServerResponse;
  response.write = (...args: unknown[]): boolean => {
    // The response of HTTP/2 writes from within `end`.
    if (!isEnding) count.bytes += sizeOf(args[0], args[1]);
    return write(...args);
  };
  response.end = (...args: unknown[]): ServerResponse => {
    if (!isEnding) count.bytes += sizeOf(args[0], args[1]);
    isEnding = true;
    return end(...args);
  };
  return count;
}

function sizeOf(chunk: unknown, encoding: unknown): number {
  if (typeof chunk === 'string')
    return Buffer.byteLength(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8');
  return chunk instanceof Uint8Array ? chunk.byteLength : 0;
}

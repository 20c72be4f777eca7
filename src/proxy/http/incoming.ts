import type { Duplex, Readable } from 'node:stream';
import type { Downstream, RequestHead, ResponseHead } from './message.js';
import type { Headers } from './headers.js';

/** One request as a caller sends it, in whatever version of HTTP, and the way to answer it. */
export interface Incoming {
  readonly head: RequestHead;
  readonly downstream: Downstream;
  /** Undefined when there is none. */
  readonly body: Readable | undefined;
  /** The protocol that the caller wants to go on with, `websocket`; in HTTP/1.1 only. */
  readonly upgrade: string | undefined;
  /** Sends the head of an answer; without a body that is all. */
  respond(head: ResponseHead, hasBody: boolean): void;
  /** False when the caller is slower: then `onDrain` comes. */
  write(chunk: Buffer): boolean;
  end(trailers?: Headers): void;
  /** Breaks off an answer that has begun, so that the caller cannot take it for a whole one. */
  reset(): void;
  /** Takes the connection out of HTTP, after a `101` or a `200` to CONNECT: what it is now sends and gets bytes. */
  takeOver(head: ResponseHead): Duplex;
  onDrain: (() => void) | undefined;
  /** The caller went away before the end of the answer. */
  onGone: (() => void) | undefined;
}

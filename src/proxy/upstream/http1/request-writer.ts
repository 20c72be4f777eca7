import type { Readable } from 'node:stream';
import { BodyWriter } from '../../http1/body-writer.js';
import type { Output } from '../../http1/output.js';
import { headWriter } from '../../http1/write-head.js';
import type { UpstreamRequest } from '../types.js';

// The first is the request line's, the next ones are ours. Nobody would hear of a `100 Continue`.
const notWritten: ReadonlySet<string> = new Set([
  ...['host', 'content-length', 'connection', 'expect', 'te', 'keep-alive'],
  ...['proxy-connection', 'transfer-encoding', 'upgrade'],
]);
// A server may wait for a body, unless it is told that there is none.
const withBody: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/** Writes a request whose body is here, or that has none; one whose body comes goes through the answer. */
export function writeRequest(request: UpstreamRequest, options: WriterOptions): RequestWriter | undefined {
  const isChunked = writeHead(request, options);
  const { body } = request;
  if (body === undefined) return undefined;
  if (!Buffer.isBuffer(body)) return new RequestWriter(body, isChunked ? undefined : lengthIn(request), options);
  options.output.add(body);
  return undefined;
}

/** Says whether the body goes in chunks. */
function writeHead({ head, body }: UpstreamRequest, { output, isLast }: WriterOptions): boolean {
  const { method, path, authority, headers } = head;
  const length = lengthOf(head, body);
  headWriter.text(method);
  headWriter.text(' ');
  headWriter.target(path);
  headWriter.text(' HTTP/1.1\r\n');
  // Without one it is sent all the same, and empty (RFC 9112, 3.2).
  headWriter.field('host', authority);
  const { raw } = headers;
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!;
    if (!notWritten.has(name)) headWriter.field(name, raw[index + 1]!);
  }
  const isChunked = body !== undefined && length === undefined;
  if (isChunked) headWriter.text('transfer-encoding: chunked\r\n');
  else if (length !== undefined) headWriter.field('content-length', length);
  headWriter.text(isLast ? 'connection: close\r\n\r\n' : '\r\n');
  output.add(headWriter.take());
  return isChunked;
}

function lengthIn({ head }: UpstreamRequest): number {
  return Number(head.headers.get('content-length'));
}

function lengthOf({ method, headers }: UpstreamRequest['head'], body: UpstreamRequest['body']): string | undefined {
  if (Buffer.isBuffer(body)) return String(body.length);
  const length = headers.get('content-length');
  if (body !== undefined) return length !== undefined && /^\d{1,15}$/.test(length) ? length : undefined;
  return length === '0' || withBody.has(method) ? '0' : undefined;
}

export interface WriterOptions {
  readonly output: Output;
  /** Whether the connection closes after this request. */
  readonly isLast: boolean;
  /** The body has ended before its end, or goes on behind it. */
  readonly onBroken: () => void;
}

/**
 * Writes a body while it comes. It stays its owner's: it is read as fast as the upstream takes it, and only stopped when
 * the request is over in the middle of it.
 */
export class RequestWriter {
  readonly #output: Output;
  readonly #onBroken: () => void;
  readonly #source: Readable;
  readonly #writer: BodyWriter;
  /** Bytes to come; undefined in chunks. */
  #left: number | undefined;
  isDone = false;

  constructor(body: Readable, length: number | undefined, { output, onBroken }: WriterOptions) {
    this.#output = output;
    this.#onBroken = onBroken;
    this.#writer = new BodyWriter(output, length === undefined);
    this.#left = length;
    this.#source = body;
    this.#attach(body);
  }

  /** The upstream takes more. */
  resume(): void {
    if (this.#source.isPaused() && !this.isDone) this.#source.resume();
  }

  /** Reads no more of the body. */
  stop(): void {
    const source = this.#source;
    if (this.isDone) return;
    this.#detach(source);
    if (!source.readableEnded && !source.destroyed) source.pause();
  }

  #attach(source: Readable): void {
    if (source.readableEnded) this.#onEnd();
    else if (source.destroyed) this.#break();
    else {
      source.on('data', this.#onData).on('end', this.#onEnd).on('error', this.#break).on('close', this.#break);
      source.resume();
    }
  }

  #detach(source: Readable): void {
    this.isDone = true;
    source.off('data', this.#onData).off('end', this.#onEnd).off('error', this.#break).off('close', this.#break);
  }

  readonly #onData = (chunk: Buffer): void => {
    if (this.#left !== undefined) {
      this.#left -= chunk.length;
      if (this.#left < 0) {
        this.#break();
        return;
      }
    }
    if (!this.#writer.write(chunk)) this.#source.pause();
  };

  readonly #onEnd = (): void => {
    if (this.#left !== undefined && this.#left > 0) {
      this.#break();
      return;
    }
    this.#writer.end();
    this.#detach(this.#source);
    this.#output.flush();
  };

  readonly #break = (): void => {
    if (this.isDone) return;
    this.#detach(this.#source);
    this.#onBroken();
  };
}

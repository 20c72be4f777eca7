import type { Readable } from 'node:stream';
import { BodyWriter } from '../../http1/body-writer.js';
import type { Output } from '../../http1/output.js';
import { encodeTarget, fieldLine } from '../../http1/write-head.js';
import type { UpstreamRequest } from '../types.js';

// The first is the request line's, the next two are ours. Nobody would hear of a `100 Continue`.
const notWritten: ReadonlySet<string> = new Set(['host', 'content-length', 'connection', 'expect', 'te', 'keep-alive']);
const notPassed: ReadonlySet<string> = new Set(['proxy-connection', 'transfer-encoding', 'upgrade']);
// A server may wait for a body, unless it is told that there is none.
const withBody: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/** Writes the head of a request, and says whether its body goes in chunks. */
function writeHead(output: Output, { head, body }: UpstreamRequest, isLast: boolean): boolean {
  const { method, path, authority, headers } = head;
  const length = lengthOf(head, body);
  let text = `${method} ${encodeTarget(path)} HTTP/1.1\r\n`;
  if (authority !== '') text += fieldLine('host', authority);
  const { raw } = headers;
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!;
    if (!notWritten.has(name) && !notPassed.has(name)) text += fieldLine(name, raw[index + 1]!);
  }
  const isChunked = body !== undefined && length === undefined;
  if (isChunked) text += 'transfer-encoding: chunked\r\n';
  else if (length !== undefined) text += `content-length: ${length}\r\n`;
  output.add(isLast ? `${text}connection: close\r\n\r\n` : `${text}\r\n`);
  return isChunked;
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
 * Writes a request and its body. The body stays its owner's: it is read as fast as the upstream takes it, and only
 * stopped when the request is over in the middle of it.
 */
export class RequestWriter {
  readonly #output: Output;
  readonly #onBroken: () => void;
  readonly #source: Readable | undefined;
  readonly #writer: BodyWriter | undefined;
  /** Bytes of the body to come; undefined in chunks. */
  #left: number | undefined;
  isDone = true;

  constructor(request: UpstreamRequest, { output, isLast, onBroken }: WriterOptions) {
    const { body, head } = request;
    this.#output = output;
    this.#onBroken = onBroken;
    const isChunked = writeHead(output, request, isLast);
    if (body === undefined) return;
    if (Buffer.isBuffer(body)) {
      output.add(body);
      return;
    }
    this.isDone = false;
    this.#writer = new BodyWriter(output, isChunked);
    this.#left = isChunked ? undefined : Number(head.headers.get('content-length'));
    this.#source = body;
    this.#attach(body);
  }

  /** The upstream takes more. */
  resume(): void {
    if (this.#source?.isPaused() === true && !this.isDone) this.#source.resume();
  }

  /** Reads no more of the body. */
  stop(): void {
    const source = this.#source;
    if (source === undefined || this.isDone) return;
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
    if (!this.#writer!.write(chunk)) this.#source!.pause();
  };

  readonly #onEnd = (): void => {
    if (this.#left !== undefined && this.#left > 0) {
      this.#break();
      return;
    }
    this.#writer!.end();
    this.#detach(this.#source!);
    this.#output.flush();
  };

  readonly #break = (): void => {
    if (this.isDone) return;
    this.#detach(this.#source!);
    this.#onBroken();
  };
}

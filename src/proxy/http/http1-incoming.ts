import type { Duplex, Readable } from 'node:stream';
import { BodyWriter } from '../http1/body-writer.js';
import { isHost } from '../http1/octets.js';
import type { Output } from '../http1/output.js';
import type { ParsedRequest } from '../http1/request-head.js';
import { fieldLine, headWriter, statusLine } from '../http1/write-head.js';
import { dateLine } from './date-line.js';
import { Headers } from './headers.js';
import { keptHeaders } from './hop-by-hop.js';
import type { Incoming } from './incoming.js';
import type { Downstream, RequestHead, ResponseHead } from './message.js';

const inChunks = 'transfer-encoding: chunked\r\n';
const asSaid = '';

/** The connection, as its request sees it. */
export interface IncomingConnection {
  readonly output: Output;
  readonly downstream: Downstream;
  /** The answer is complete. */
  answered(closes: boolean): void;
  /** Breaks the connection off. */
  destroy(): void;
  /** Leaves the connection, with what has come and was not looked at. */
  leave(): Duplex;
  /** Whether it goes on after this answer. */
  readonly keepsAlive: boolean;
}

/** One request of HTTP/1. */
export class Http1Incoming implements Incoming {
  readonly head: RequestHead;
  readonly body: Readable | undefined;
  readonly upgrade: string | undefined;
  onDrain: (() => void) | undefined;
  onGone: (() => void) | undefined;
  readonly #connection: IncomingConnection;
  #writer: BodyWriter | undefined;
  #mayHaveTrailers = false;
  #closes = false;
  /** Whether the head of an answer is on its way. */
  hasBegun = false;
  isAnswered = false;

  constructor(request: ParsedRequest, body: Readable | undefined, connection: IncomingConnection) {
    this.#connection = connection;
    this.upgrade = request.upgrade;
    this.body = body;
    this.head = headOf(request, connection.downstream);
  }

  get downstream(): Downstream {
    return this.#connection.downstream;
  }

  respond({ status, headers }: ResponseHead, hasBody: boolean): void {
    const { output, keepsAlive } = this.#connection;
    this.hasBegun = true;
    // Without its body a length would be taken out of the next answer, but where everybody knows that there is none.
    const isEmpty = !hasBody && this.head.method !== 'HEAD' && status !== 304;
    const framing = this.#frame(status, hasBody, !isEmpty && headers.has('content-length'));
    this.#closes = !keepsAlive || framing === undefined;
    headWriter.text(statusLine(status));
    writeFields(headers.raw, isEmpty);
    if (!headers.has('date')) headWriter.text(dateLine());
    if (framing !== undefined) headWriter.text(framing);
    if (this.#closes) headWriter.text('connection: close\r\n');
    else if (this.head.protocol === 'HTTP/1.0') headWriter.text('connection: keep-alive\r\n');
    headWriter.text('\r\n');
    output.add(headWriter.take());
    this.#mayHaveTrailers = framing === inChunks;
    if (hasBody) this.#writer = new BodyWriter(output, framing === inChunks);
    else this.end();
  }

  /** The line that says where the body ends, when the headers do not; undefined for the end of the connection. */
  #frame(status: number, hasBody: boolean, hasLength: boolean): string | undefined {
    const { protocol, method } = this.head;
    if (hasLength) return asSaid;
    // In HTTP/1.0 there are no chunks.
    if (hasBody) return protocol === 'HTTP/1.1' ? inChunks : undefined;
    return method !== 'HEAD' && mayHaveLength(status) ? 'content-length: 0\r\n' : asSaid;
  }

  write(chunk: Buffer): boolean {
    return this.isAnswered || (this.#writer?.write(chunk) ?? true);
  }

  end(trailers?: Headers): void {
    if (this.isAnswered) return;
    this.isAnswered = true;
    let lines = '';
    if (this.#mayHaveTrailers) for (const [name, value] of trailers ?? []) lines += fieldLine(name, value);
    this.#writer?.end(lines);
    this.#connection.answered(this.#closes);
  }

  reset(): void {
    this.isAnswered = true;
    this.#connection.destroy();
  }

  takeOver({ status, headers }: ResponseHead): Duplex {
    const { output } = this.#connection;
    this.isAnswered = true;
    const lines = [...headers].map(([name, value]) => fieldLine(name, value)).join('');
    output.add(`HTTP/1.1 ${status} ${status === 101 ? 'Switching Protocols' : 'OK'}\r\n${lines}\r\n`);
    output.flush();
    return this.#connection.leave();
  }
}

function writeFields(raw: readonly string[], withoutLength: boolean): void {
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!;
    if (!withoutLength || name !== 'content-length') headWriter.field(name, raw[index + 1]!);
  }
}

function mayHaveLength(status: number): boolean {
  return status >= 200 && status !== 204 && status !== 304;
}

/** Takes the authority out of `host`, or of a URL as callers of a proxy send it. */
function headOf({ method, target, isHttp11, fields }: ParsedRequest, { tls }: Downstream): RequestHead {
  fields.dropListed(keptHeaders);
  if (fields.te === 'trailers') fields.raw.push('te', 'trailers');
  const head: RequestHead = {
    method,
    path: target,
    authority: fields.host,
    scheme: tls === undefined ? 'http' : 'https',
    protocol: isHttp11 ? 'HTTP/1.1' : 'HTTP/1.0',
    headers: new Headers(fields.raw),
  };
  if (method === 'CONNECT') Object.assign(head, { path: '/', authority: target });
  else if (!target.startsWith('/')) Object.assign(head, splitUrl(target));
  return head;
}

function splitUrl(url: string): Partial<RequestHead> {
  // What is none stays the path, and is refused as such.
  const parts = /^(https?):\/\/([^/?#]+)([^#]*)$/i.exec(url);
  const [, scheme = '', authority = '', path = ''] = parts ?? [];
  if (authority === '' || !isHost(authority)) return {};
  return {
    scheme: scheme.toLowerCase() === 'https' ? 'https' : 'http',
    authority,
    path: path.startsWith('/') ? path : `/${path}`,
  };
}

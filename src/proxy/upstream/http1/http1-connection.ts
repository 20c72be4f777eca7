import type { Socket } from 'node:net';
import { BodyDecoder } from '../../http1/body-decoder.js';
import { HeadReader, responseOpening } from '../../http1/head-reader.js';
import { Output } from '../../http1/output.js';
import { parseResponse, type ParsedResponse } from '../../http1/response-head.js';
import type { PoolConnection, PoolHost } from '../connection-pool.js';
import { maxHeaderSize } from '../limits.js';
import type { UpstreamFailure } from '../types.js';
import { reasonOf } from '../upstream-error.js';
import type { CallConnection, Http1Call } from './http1-call.js';
import { type RequestWriter, writeRequest } from './request-writer.js';

/** The pool, as its connections see it. */
export interface Http1Owner {
  readonly host: PoolHost;
  readonly draining: boolean;
  readonly hasWaiting: boolean;
  free(connection: Http1Connection): void;
  gone(connection: Http1Connection): void;
}

// An upstream that says how long it waits is not waited for to the last moment.
const idleMarginMillis = 1000;
const longestTimer = 2 ** 31 - 1;
// Nobody has asked for another protocol here.
const switching = 101;

const closed: UpstreamFailure = { kind: 'reset', reason: 'other side closed' };
const cutShort: UpstreamFailure = { kind: 'reset', reason: 'the body of the request was cut short' };
const protocol = (reason: string): UpstreamFailure => ({ kind: 'protocol', reason: `HTTP/1.1 protocol: ${reason}` });

/** A connection of HTTP/1.1, with one request at a time. */
export class Http1Connection implements PoolConnection<Http1Call>, CallConnection {
  readonly #pool: Http1Owner;
  readonly #socket: Socket;
  readonly #output: Output;
  readonly #reader = new HeadReader(maxHeaderSize, responseOpening);
  readonly #decoder = new BodyDecoder();
  #call: Http1Call | undefined;
  #writer: RequestWriter | undefined;
  #response: ParsedResponse | undefined;
  #served = 0;
  #isClosing = false;
  #idleMillis = 0;
  /** What the connection itself failed of. */
  #failure: UpstreamFailure | undefined;

  constructor(pool: Http1Owner, socket: Socket) {
    this.#pool = pool;
    this.#socket = socket;
    this.#output = new Output(socket);
    socket.on('data', this.#onData).on('drain', this.#onDrain).on('end', this.#onEnd);
    socket.on('error', (cause) => (this.#failure ??= { kind: 'reset', reason: reasonOf(cause) }));
    socket.once('close', this.#onClose).on('timeout', () => this.close());
    this.#setIdle(pool.host.settings.idleTimeoutMillis);
  }

  get isOpen(): boolean {
    return !this.#isClosing && !this.#socket.destroyed;
  }

  start(call: Http1Call): void {
    this.#setIdle(0);
    this.#served++;
    this.#call = call;
    call.startOn(this);
    this.#writer = writeRequest(call.request, {
      output: this.#output,
      isLast: this.#isLast,
      onBroken: this.#onBroken,
    });
  }

  abandon(): void {
    this.#call = undefined;
    this.#writer?.stop();
    this.#destroy();
  }

  resume(call: Http1Call): void {
    if (call === this.#call) this.#socket.resume();
  }

  /** Closes when the request on it has ended. */
  close(): void {
    this.#isClosing = true;
    if (this.#call === undefined) this.#socket.destroy();
  }

  get #isLast(): boolean {
    return this.#served >= this.#pool.host.settings.maxRequestsPerConnection;
  }

  readonly #onDrain = (): void => this.#writer?.resume();

  readonly #onBroken = (): void => this.#fail(cutShort);

  readonly #onData = (chunk: Buffer): void => {
    let rest: Buffer | undefined = chunk;
    while (rest !== undefined) {
      // Nobody has asked for that: it is not HTTP, or an answer that would be taken for the next one.
      if (this.#call === undefined) {
        this.#destroy();
        return;
      }
      if (this.#response !== undefined) {
        this.#readBody(rest);
        return;
      }
      rest = this.#readHead(rest);
    }
  };

  readonly #onEnd = (): void => {
    if (this.#response !== undefined && this.#decoder.endsWithConnection) this.#complete(undefined);
    this.#socket.destroy();
  };

  readonly #onClose = (): void => {
    const call = this.#call;
    this.#isClosing = true;
    if (call !== undefined) {
      this.#pool.host.stats.upstream_cx_destroy_with_active_rq++;
      this.#fail(this.#failure ?? closed);
    }
    this.#pool.gone(this);
  };

  /** The answer is what comes after it of the same answer. */
  #readHead(bytes: Buffer): Buffer | undefined {
    const found = this.#reader.read(bytes);
    if (found === 'incomplete') return undefined;
    const response = typeof found === 'string' ? undefined : parseResponse(found.head, this.#call!.request.head.method);
    if (typeof found === 'string' || response === undefined || response.status === switching) {
      this.#fail(protocol(found === 'too large' ? 'header too large' : 'bad head'));
      return undefined;
    }
    const { status, framing } = response;
    // Others of these are news on the way.
    if (status < 200) return found.rest;
    this.#response = response;
    this.#decoder.begin(framing);
    this.#call!.onHead(response);
    if (!this.#decoder.isDone) return found.rest;
    if (this.#call !== undefined) this.#complete(found.rest);
    return undefined;
  }

  readonly #give = (data: Buffer): void => {
    if (this.#call?.onData(data) === false) this.#socket.pause();
  };

  #readBody(bytes: Buffer): void {
    const rest = this.#decoder.read(bytes, this.#give);
    if (this.#call === undefined) return;
    if (rest === 'bad') this.#fail(protocol('bad body'));
    else if (this.#decoder.isDone) this.#complete(rest);
  }

  /** What comes after an answer has no owner: the connection closes, before a request could be sent on it. */
  #complete(rest: Buffer | undefined): void {
    const call = this.#call!;
    const { keepsAlive, fields } = this.#response!;
    const { endsWithConnection, trailers } = this.#decoder;
    const isWritten = this.#writer?.isDone !== false;
    this.#call = undefined;
    this.#response = undefined;
    this.#writer?.stop();
    if (this.#isLast && !this.#pool.draining) this.#pool.host.stats.upstream_cx_max_requests++;
    if (!isWritten || endsWithConnection || !keepsAlive || rest !== undefined) this.close();
    else this.#release(fields.keepAlive);
    call.onEnd(trailers);
  }

  #release(keepAlive: string | undefined): void {
    const { draining, hasWaiting, host } = this.#pool;
    if (this.#isLast || this.#isClosing || (draining && !hasWaiting)) this.close();
    else {
      this.#socket.resume();
      this.#setIdle(idleMillisOf(keepAlive, host.settings.idleTimeoutMillis));
      this.#pool.free(this);
    }
  }

  #fail(failure: UpstreamFailure): void {
    const call = this.#call;
    this.#call = undefined;
    this.#writer?.stop();
    this.#destroy();
    call?.fail(failure);
  }

  #destroy(): void {
    this.#isClosing = true;
    this.#socket.destroy();
  }

  /** Most connections have no limit, and need no timer. */
  #setIdle(millis: number): void {
    if (millis === this.#idleMillis) return;
    this.#idleMillis = millis;
    this.#socket.setTimeout(Math.min(millis, longestTimer));
  }
}

/** The limit of the cluster, or that which the upstream tells of, when it is sooner; 0 for none. */
function idleMillisOf(keepAlive: string | undefined, own: number): number {
  const seconds = keepAlive === undefined ? undefined : /(?:^|[\s,;])timeout\s*=\s*"?(\d{1,9})/.exec(keepAlive)?.[1];
  if (seconds === undefined) return own;
  const told = Math.max(1, Number(seconds) * 1000 - idleMarginMillis);
  return own === 0 ? told : Math.min(own, told);
}

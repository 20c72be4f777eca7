import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { BodyDecoder } from '../http1/body-decoder.js';
import { HeadReader, requestOpening } from '../http1/head-reader.js';
import { Output } from '../http1/output.js';
import { type ParsedRequest, parseRequest } from '../http1/request-head.js';
import { Http1Body } from './http1-body.js';
import { Http1Incoming, type IncomingConnection } from './http1-incoming.js';
import type { Incoming } from './incoming.js';
import type { Downstream } from './message.js';

/** The server, as its connections see it. */
export interface ConnectionOwner {
  readonly maxHeaderBytes: number;
  readonly maxHeaders: number;
  readonly headerTimeoutMillis: number;
  readonly idleTimeoutMillis: number;
  readonly isDraining: boolean;
  handle(incoming: Incoming): void;
  closed(connection: Http1Connection): void;
}

// Envoy's delayed_close_timeout.
const lingerMillis = 1000;
// As much of what comes before its turn is taken; then the caller has to wait.
const mostHeld = 64 * 1024;

/** One connection of HTTP/1: requests one after the other, each read only when the one before has been answered. */
export class Http1Connection implements IncomingConnection {
  readonly output: Output;
  readonly #socket: Socket;
  readonly #owner: ConnectionOwner;
  readonly #reader: HeadReader;
  readonly #decoder = new BodyDecoder();
  /** The request under way, until it is answered. */
  #incoming: Http1Incoming | undefined;
  /** The body that is still coming. */
  #body: Http1Body | undefined;
  /** What has come and is not looked at yet. */
  #held: Buffer | undefined;
  #wantsToStay = true;
  #isClosing = false;
  #isReading = false;
  /** Since when nothing happens, or a head is awaited. */
  #since = performance.now();
  #isNew = true;

  constructor(
    socket: Socket,
    readonly downstream: Downstream,
    owner: ConnectionOwner,
  ) {
    this.#socket = socket;
    this.#owner = owner;
    this.output = new Output(socket);
    this.#reader = new HeadReader(owner.maxHeaderBytes, requestOpening);
    socket.on('data', this.#onData).on('drain', this.#onDrain).on('end', this.#onEnd).on('close', this.#onClose);
  }

  get keepsAlive(): boolean {
    return this.#wantsToStay && !this.#isClosing && !this.#owner.isDraining;
  }

  /** Closes it when it has been without a request, or within the head of one, for too long. */
  checkTime(now: number): void {
    if (this.#incoming !== undefined || this.#body !== undefined || this.#isClosing) return;
    const { headerTimeoutMillis, idleTimeoutMillis } = this.#owner;
    const waits = now - this.#since;
    if (this.#isNew || this.#reader.isInside) {
      if (waits >= headerTimeoutMillis) this.#refuse('408 Request Timeout');
    } else if (waits >= idleTimeoutMillis) this.closeIfIdle();
  }

  closeIfIdle(): void {
    if (this.#incoming !== undefined || this.#body !== undefined || this.#isClosing) return;
    this.#isClosing = true;
    this.#close();
  }

  answered(closes: boolean): void {
    this.#incoming = undefined;
    if (closes) this.#isClosing = true;
    if (this.#body !== undefined) this.#linger();
    else if (this.#isClosing) this.#close();
    else this.#goOn();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  leave(): Duplex {
    const socket = this.#socket;
    socket.off('data', this.#onData).off('drain', this.#onDrain).off('end', this.#onEnd);
    socket.pause();
    if (this.#held !== undefined) socket.unshift(this.#held);
    this.#held = undefined;
    this.#incoming = undefined;
    // Whoever has it now closes it.
    this.#isClosing = true;
    return socket;
  }

  readonly #onData = (chunk: Buffer): void => {
    if (this.#body !== undefined) this.#readBody(chunk);
    else if (this.#isClosing) return;
    else if (this.#incoming !== undefined || this.#isReading) this.#hold(chunk);
    else this.#read(chunk);
  };

  readonly #onDrain = (): void => this.#incoming?.onDrain?.();

  /** Callers that close their half only are rare, and most of those who seem to are gone. */
  readonly #onEnd = (): void => {
    this.#isClosing = true;
    this.#close();
  };

  readonly #onClose = (): void => {
    const incoming = this.#incoming;
    this.#incoming = undefined;
    this.#held = undefined;
    this.#body?.destroy();
    this.#body = undefined;
    this.#owner.closed(this);
    if (incoming !== undefined && !incoming.isAnswered) incoming.onGone?.();
  };

  /** Reads heads, and has their requests handled, as long as they are answered at once. */
  #read(chunk: Buffer): void {
    let bytes: Buffer | undefined = chunk;
    this.#isReading = true;
    while (bytes !== undefined && !this.#isClosing) {
      this.#readHead(bytes);
      bytes = this.#held;
      if (this.#incoming !== undefined || this.#body !== undefined) break;
      this.#held = undefined;
    }
    this.#isReading = false;
    if (this.#held !== undefined && this.#held.length >= mostHeld) this.#socket.pause();
  }

  /** What comes after it is held. */
  #readHead(bytes: Buffer): void {
    const wasInside = this.#reader.isInside;
    const found = this.#reader.read(bytes);
    if (found === 'incomplete') {
      this.#await(wasInside);
      return;
    }
    if (typeof found === 'string') {
      this.#refuse(found === 'bad' ? '400 Bad Request' : '431 Request Header Fields Too Large');
      return;
    }
    const request = parseRequest(found.head, this.#owner.maxHeaders);
    if (typeof request === 'string') this.#refuse(request);
    else this.#begin(request, found.rest);
  }

  /** Empty lines alone are no beginning. */
  #await(wasInside: boolean): void {
    if (!wasInside && this.#reader.isInside) this.#since = performance.now();
  }

  #begin(request: ParsedRequest, rest: Buffer | undefined): void {
    const { fields, isHttp11, framing } = request;
    // A tunnel may begin at once, and takes it along.
    if (framing === 0) this.#held = rest;
    this.#isNew = false;
    this.#wantsToStay =
      request.upgrade === undefined && (isHttp11 ? !fields.hasOption('close') : fields.hasOption('keep-alive'));
    if (framing !== 0) {
      this.#decoder.begin(framing);
      this.#body = new Http1Body(() => this.#socket.resume());
      if (fields.expect !== undefined && isHttp11) this.output.add('HTTP/1.1 100 Continue\r\n\r\n');
    }
    const body = this.#body;
    const incoming = new Http1Incoming(request, body, this);
    this.#incoming = incoming;
    this.#owner.handle(incoming);
    if (body !== undefined && rest !== undefined) this.#readBody(rest);
  }

  readonly #give = (data: Buffer): void => {
    if (!this.#body!.push(data)) this.#socket.pause();
  };

  #readBody(chunk: Buffer): void {
    const body = this.#body!;
    const rest = this.#decoder.read(chunk, this.#give);
    if (rest === 'bad') {
      this.#breakOff();
      return;
    }
    if (rest !== undefined) this.#hold(rest);
    if (this.#decoder.isDone) this.#endBody(body);
  }

  #endBody(body: Http1Body): void {
    this.#body = undefined;
    body.push(null);
    this.#socket.resume();
    if (this.#incoming !== undefined) return;
    if (this.#isClosing) this.#close();
    else this.#goOn();
  }

  /** What comes is no body. Who waits for the request hears that the caller is gone. */
  #breakOff(): void {
    const incoming = this.#incoming;
    const hasAnswer = incoming === undefined || incoming.hasBegun;
    this.#incoming = undefined;
    this.#body?.destroy();
    this.#body = undefined;
    incoming?.onGone?.();
    if (hasAnswer) this.#socket.destroy();
    else this.#refuse('400 Bad Request');
  }

  #hold(bytes: Buffer): void {
    this.#held = this.#held === undefined ? bytes : Buffer.concat([this.#held, bytes]);
    if (this.#held.length >= mostHeld) this.#socket.pause();
  }

  /** An answer is out, and the connection ready for the next request. */
  #goOn(): void {
    this.#since = performance.now();
    const held = this.#held;
    if (this.#isReading || held === undefined) return;
    this.#held = undefined;
    this.#socket.resume();
    this.#read(held);
  }

  /** Who goes on sending after the answer may end soon, and be heard again; then the connection closes. */
  #linger(): void {
    const body = this.#body!;
    this.output.flush();
    if (this.#isClosing) this.#socket.end();
    body.resume();
    const timer = setTimeout(() => this.#socket.destroy(), lingerMillis);
    const stop = (): void => clearTimeout(timer);
    body.once('end', stop).once('close', stop);
  }

  #refuse(status: string): void {
    this.#isClosing = true;
    this.output.add(`HTTP/1.1 ${status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
    this.output.flush();
    // A caller that is still sending would be reset, and could lose the answer.
    this.#socket.end();
    this.#socket.resume();
    const timer = setTimeout(() => this.#socket.destroy(), lingerMillis);
    this.#socket.once('close', () => clearTimeout(timer));
  }

  #close(): void {
    this.output.flush();
    this.#socket.destroySoon();
  }
}

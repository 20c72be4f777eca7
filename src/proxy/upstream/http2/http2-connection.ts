import { type ClientHttp2Session, connect, type Settings } from 'node:http2';
import type { Socket } from 'node:net';
import type { PoolConnection, PoolHost } from '../connection-pool.js';
import { maxHeaderSize } from '../limits.js';
import type { UpstreamFailure } from '../types.js';
import { reasonOf } from '../upstream-error.js';
import type { Http2Call, StreamConnection } from './http2-call.js';

const settings = { enablePush: false, initialWindowSize: 256 * 1024, maxHeaderListSize: maxHeaderSize };
const connectionWindow = 16 * 1024 * 1024;
/** What nghttp2 assumes until the upstream has said how many streams it takes. */
export const assumedStreams = 100;

/** The pool, as its connections see it. */
export interface Http2Owner {
  readonly host: PoolHost;
  readonly draining: boolean;
  readonly hasWaiting: boolean;
  /** How many streams the upstream takes on one connection, as far as it has said. */
  streamLimit: number;
  gone(connection: Http2Connection): void;
  serve(): void;
}

/** One socket and the session on it. */
export class Http2Connection implements PoolConnection<Http2Call>, StreamConnection {
  readonly #pool: Http2Owner;
  readonly #socket: Socket;
  readonly #session: ClientHttp2Session;
  #streams = 0;
  #served = 0;
  #limit: number;
  #isClosing = false;
  #isCounted = false;
  #lastStream = Infinity;
  #failure: UpstreamFailure | undefined;

  constructor(pool: Http2Owner, socket: Socket) {
    this.#pool = pool;
    this.#socket = socket;
    this.#limit = pool.streamLimit;
    const session = connect('http://upstream', {
      createConnection: () => socket,
      settings,
      maxHeaderListPairs: 1024,
      // In megabytes; with Node's 10 a busy session refuses streams.
      maxSessionMemory: 256,
    });
    this.#session = session;
    session.once('connect', () => session.setLocalWindowSize(connectionWindow));
    session.on('remoteSettings', ({ maxConcurrentStreams }: Settings) => {
      this.#limit = maxConcurrentStreams ?? Infinity;
      pool.streamLimit = Math.max(1, this.#limit);
      pool.serve();
    });
    session.on('goaway', (_code: number, lastStream: number) => {
      this.#lastStream = lastStream;
      this.#retire();
    });
    session.on('error', (cause: Error) => (this.#failure = failureOf(cause)));
    session.once('close', () => {
      this.#isClosing = true;
      pool.gone(this);
    });
    const { idleTimeoutMillis } = pool.host.settings;
    if (idleTimeoutMillis > 0) session.setTimeout(idleTimeoutMillis, () => this.#streams === 0 && this.close());
  }

  get hasRoom(): boolean {
    return !this.#isClosing && this.#streams < this.#limit;
  }

  get failure(): UpstreamFailure | undefined {
    return this.#failure;
  }

  get isBroken(): boolean {
    return this.#session.destroyed;
  }

  refuses(stream: number | undefined): boolean {
    return stream === undefined ? this.#isClosing : stream > this.#lastStream;
  }

  start(call: Http2Call): void {
    this.#streams++;
    this.#served++;
    if (this.#served >= this.#pool.host.settings.maxRequestsPerConnection) {
      this.#pool.host.stats.upstream_cx_max_requests++;
      this.#isClosing = true;
    }
    try {
      call.startOn(this, this.#session);
    } catch (cause) {
      call.fail({ kind: 'protocol', reason: reasonOf(cause) });
      this.release();
    }
  }

  release(): void {
    this.#streams--;
    if (this.#session.destroyed) this.#countBroken();
    else if (this.#streams === 0 && (this.#isClosing || (this.#pool.draining && !this.#pool.hasWaiting))) this.close();
    else if (this.hasRoom && this.#pool.hasWaiting) this.#pool.serve();
  }

  /**
   * Not before the last stream has ended. Node's own way of closing in peace drops streams that it has not written yet, and
   * waits for an upstream that may never close its side.
   */
  close(): void {
    this.#isClosing = true;
    if (this.#streams > 0) return;
    this.#session.destroy();
    this.#socket.destroySoon();
  }

  #countBroken(): void {
    if (!this.#isCounted) this.#pool.host.stats.upstream_cx_destroy_with_active_rq++;
    this.#isCounted = true;
  }

  /** Takes no more; the streams that the upstream has seen go on. */
  #retire(): void {
    this.close();
    this.#pool.serve();
  }
}

function failureOf(cause: Error): UpstreamFailure {
  const { code } = cause as { code?: unknown };
  return code === 'ERR_HTTP2_ERROR' || code === 'ERR_HTTP2_SESSION_ERROR'
    ? { kind: 'protocol', reason: cause.message }
    : { kind: 'reset', reason: reasonOf(cause) };
}

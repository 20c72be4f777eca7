import type { Socket } from 'node:net';
import { type buildConnector, Client } from 'undici';
import { BodyReader } from '../body-reader.js';
import type { PoolConnection, PoolHost } from '../connection-pool.js';
import { maxHeaderSize } from '../limits.js';
import { writtenHeaders } from './head.js';
import { type CallConnection, type Http1Call, StaleConnection } from './http1-call.js';

const longestTimer = 2 ** 31 - 1;

/** The pool, as its connections see it. */
export interface Http1Owner {
  readonly host: PoolHost;
  readonly draining: boolean;
  readonly hasWaiting: boolean;
  free(connection: Http1Connection): void;
  gone(connection: Http1Connection): void;
  dispatch(call: Http1Call): void;
}

/** One socket and the undici client that speaks on it, for as long as the socket lives. */
export class Http1Connection implements PoolConnection<Http1Call>, CallConnection {
  readonly #pool: Http1Owner;
  readonly #client: Client;
  readonly #socket: Socket;
  #served = 0;
  #isBusy = false;
  #isHanded = false;
  #isClosing = false;

  constructor(pool: Http1Owner, socket: Socket) {
    this.#pool = pool;
    this.#socket = socket;
    const idleMillis = Math.min(pool.host.settings.idleTimeoutMillis || longestTimer, longestTimer);
    this.#client = new Client('http://upstream', {
      connect: this.#connect,
      pipelining: 1,
      // The router has the only time limits.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: idleMillis,
      // What the upstream says of it counts only when it is sooner.
      keepAliveMaxTimeout: idleMillis,
      keepAliveTimeoutThreshold: 1000,
      maxHeaderSize,
    });
    // Nobody speaks before the first request: what comes is the end, or not HTTP.
    socket.on('readable', this.#onUnasked);
    socket.once('close', () => {
      if (this.#isBusy) pool.host.stats.upstream_cx_destroy_with_active_rq++;
      pool.gone(this);
    });
  }

  get isOpen(): boolean {
    return !this.#isClosing && !this.#socket.destroyed;
  }

  start(call: Http1Call): void {
    this.#isBusy = true;
    this.#served++;
    call.startOn(this);
    const { head, body } = call.request;
    this.#client.dispatch(
      {
        method: head.method,
        // undici has no word for `*`; of a URL without a path servers make the same.
        path: head.path === '*' ? `${head.scheme}://${head.authority}` : head.path,
        headers: writtenHeaders(call.request),
        body: body === undefined || Buffer.isBuffer(body) ? body : new BodyReader(body),
        // Without it undici closes after HEAD, and after a body that it finds unusual.
        reset: this.#isLast,
      } as Parameters<Client['dispatch']>[0],
      call,
    );
  }

  release(): void {
    this.#isBusy = false;
    if (this.#isLast) {
      if (!this.#pool.draining) this.#pool.host.stats.upstream_cx_max_requests++;
      this.close();
    } else if (this.#isClosing || (this.#pool.draining && !this.#pool.hasWaiting)) this.close();
    else this.#pool.free(this);
  }

  lost(call: Http1Call): void {
    this.#isBusy = false;
    this.#pool.gone(this);
    if (!call.ended) this.#pool.dispatch(call);
  }

  close(): void {
    // A client that was never used knows nothing of its socket.
    if (this.#isClosing) return;
    this.#isClosing = true;
    if (this.#served > 0) this.#client.close(nothing);
    else this.#socket.destroy();
  }

  get #isLast(): boolean {
    return this.#served >= this.#pool.host.settings.maxRequestsPerConnection;
  }

  readonly #onUnasked = (): void => void this.#socket.destroy();

  /** Gives the socket to the client, once. Not at once: the client is in the middle of asking for it. */
  readonly #connect = (_: unknown, callback: buildConnector.Callback): void => {
    const isUsable = !this.#isHanded && this.isOpen;
    this.#isHanded = true;
    this.#socket.off('readable', this.#onUnasked);
    queueMicrotask(() => {
      if (isUsable) callback(null, this.#socket);
      else callback(new StaleConnection('the connection is closed'), null);
    });
  };
}

function nothing(): void {
  // The close of the socket is what counts.
}

import type { Socket } from 'node:net';
import type { ClusterSettings } from './cluster-settings.js';
import type { ClusterStats } from './cluster-stats.js';
import type { Dialer } from './dialer.js';
import type { PoolCall } from './pool-call.js';
import type { UpstreamCall, UpstreamHandler, UpstreamRequest } from './types.js';
import { connectFailure } from './upstream-error.js';

/** Whose connections a pool holds. */
export interface PoolHost {
  readonly address: string;
  readonly port: number;
  /** Requests under way; the pool counts them. */
  active: number;
  readonly settings: ClusterSettings;
  readonly stats: ClusterStats;
  readonly dialer: Dialer;
}

/** What a pool needs of its connections, whatever they speak. */
export interface PoolConnection<Call> {
  start(call: Call): void;
  /** Closes when the requests on it have ended. */
  close(): void;
}

/** Connections to one endpoint, and the requests that wait for one. */
export abstract class ConnectionPool<Call extends PoolCall> {
  readonly host: PoolHost;
  /** Closing down: what is under way ends, nothing is kept. */
  draining = false;
  /** In order of arrival. */
  readonly #waiting = new Set<Call>();
  readonly #connections = new Set<PoolConnection<Call>>();
  #opening = 0;
  #drained: (() => void)[] = [];

  constructor(host: PoolHost) {
    this.host = host;
  }

  abstract send(request: UpstreamRequest, handler: UpstreamHandler): UpstreamCall;

  /** How many requests a new connection is expected to take at once. */
  protected abstract readonly callsPerConnection: number;

  /** A connection that can take a request now. */
  protected abstract take(): PoolConnection<Call> | undefined;

  protected abstract adopt(socket: Socket): PoolConnection<Call>;

  /** Whether there is a call that should have a connection, before others come. */
  get hasWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  get connections(): ReadonlySet<PoolConnection<Call>> {
    return this.#connections;
  }

  protected enter(call: Call): void {
    const { host } = this;
    host.active++;
    host.stats.upstream_rq_active++;
    host.stats.upstream_rq_total++;
    this.dispatch(call);
  }

  leave(): void {
    this.host.active--;
    this.host.stats.upstream_rq_active--;
  }

  /** Again, too, for a call that its connection has lost before anything was written. */
  dispatch(call: Call): void {
    const connection = this.#waiting.size === 0 ? this.take() : undefined;
    if (connection === undefined) this.#wait(call);
    else connection.start(call);
  }

  withdraw(call: PoolCall): void {
    if (this.#waiting.delete(call as Call)) {
      this.host.stats.upstream_rq_pending_active--;
      this.#settle();
    }
  }

  /** A connection has room again. */
  serve(): void {
    for (const call of this.#waiting) {
      const connection = this.take();
      if (connection === undefined) break;
      this.#unwait(call);
      connection.start(call);
    }
    this.#open();
    if (this.draining) this.#closeUnwanted();
  }

  /** A connection is closed, or takes no more. */
  gone(connection: PoolConnection<Call>): void {
    if (!this.#connections.delete(connection)) return;
    this.serve();
    this.#settle();
  }

  /** Resolves when the requests under way have ended and the connections are closed. */
  close(): Promise<void> {
    this.draining = true;
    const closed = new Promise<void>((resolve) => this.#drained.push(resolve));
    this.#closeUnwanted();
    this.#settle();
    return closed;
  }

  /** Nobody waits for a connection any more: those that are there end with what is on them. */
  #closeUnwanted(): void {
    if (!this.hasWaiting) for (const connection of this.#connections) connection.close();
  }

  #wait(call: Call): void {
    const { stats, settings } = this.host;
    if (stats.upstream_rq_pending_active >= settings.maxPendingRequests) {
      stats.upstream_rq_pending_overflow++;
      call.fail({ kind: 'overflow', reason: 'pending requests' });
      return;
    }
    stats.upstream_rq_pending_total++;
    stats.upstream_rq_pending_active++;
    this.#waiting.add(call);
    this.#open();
  }

  #unwait(call: Call): void {
    this.#waiting.delete(call);
    this.host.stats.upstream_rq_pending_active--;
  }

  #open(): void {
    while (this.#opening * this.callsPerConnection < this.#waiting.size) {
      const { stats, settings } = this.host;
      // The first one is always allowed, else requests here would wait for other endpoints to lose theirs.
      if (stats.upstream_cx_active >= settings.maxConnections && this.#opening + this.#connections.size > 0) {
        stats.upstream_cx_overflow++;
        return;
      }
      this.#opening++;
      void this.#dial();
    }
  }

  async #dial(): Promise<void> {
    try {
      const socket = await this.host.dialer.open(this.host.address, this.host.port);
      this.#opening--;
      this.#connections.add(this.adopt(socket));
      this.serve();
    } catch (cause) {
      this.#opening--;
      this.#purge(cause);
    }
    this.#settle();
  }

  /** All that wait hear of it: their callers know better than we what to do instead. */
  #purge(cause: unknown): void {
    const failure = connectFailure(cause);
    for (const call of [...this.#waiting]) {
      this.#unwait(call);
      this.host.stats.upstream_rq_pending_failure_eject++;
      call.fail(failure);
    }
  }

  #settle(): void {
    if (!this.draining || this.#opening + this.#connections.size + this.#waiting.size > 0) return;
    const drained = this.#drained;
    this.#drained = [];
    for (const resolve of drained) resolve();
  }
}

import type { Headers } from '../http/headers.js';
import type { ClusterStats } from './cluster-stats.js';
import type { UpstreamCall, UpstreamFailure, UpstreamHandler, UpstreamRequest } from './types.js';

const resets: ReadonlySet<UpstreamFailure['kind']> = new Set(['reset', 'remote-reset', 'refused-stream']);

/** The pool, as its requests see it. */
export interface CallOwner {
  readonly host: { readonly stats: ClusterStats };
  /** A request has ended. */
  leave(): void;
  /** It waits no longer. */
  withdraw(call: PoolCall): void;
}

/** One request in a pool. Whatever happens, it ends once: its handler hears of it, or nothing more when cancelled. */
export abstract class PoolCall implements UpstreamCall {
  readonly request: UpstreamRequest;
  protected readonly handler: UpstreamHandler;
  readonly #pool: CallOwner;
  #ended = false;
  #cancelled = false;

  constructor(pool: CallOwner, request: UpstreamRequest, handler: UpstreamHandler) {
    this.request = request;
    this.handler = handler;
    this.#pool = pool;
  }

  get ended(): boolean {
    return this.#ended;
  }

  abstract resume(): void;

  /** Stops what is under way on a connection. */
  protected abstract abort(): void;

  cancel(): void {
    this.#cancelled = true;
    if (!this.#settle()) return;
    this.#pool.host.stats.upstream_rq_cancelled++;
    this.#pool.withdraw(this);
    this.abort();
  }

  /** The handler hears of it later, never before `send` has returned. */
  fail(failure: UpstreamFailure): void {
    if (!this.#settle()) return;
    const { stats } = this.#pool.host;
    if (resets.has(failure.kind)) stats.upstream_rq_rx_reset++;
    if (failure.kind === 'protocol') stats.upstream_cx_protocol_error++;
    queueMicrotask(() => {
      if (!this.#cancelled) this.handler.onFailure(failure);
    });
  }

  protected countHead(status: number): void {
    this.#pool.host.stats.countResponse(status);
  }

  protected end(trailers: Headers | undefined): void {
    if (this.#settle()) this.handler.onEnd(trailers);
  }

  #settle(): boolean {
    if (this.#ended) return false;
    this.#ended = true;
    this.#pool.leave();
    return true;
  }
}

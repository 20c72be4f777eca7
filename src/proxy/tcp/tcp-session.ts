import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { UpstreamEndpoint } from '../upstream/types.js';
import { UpstreamError } from '../upstream/upstream-error.js';
import { IdleWatch } from './idle-watch.js';
import { relay } from './relay.js';
import type { TcpSettings } from './tcp-settings.js';
import type { TcpConnection } from './types.js';

/** One connection through a TCP chain, from its check to its last report. */
export class TcpSession {
  readonly #socket: Socket;
  readonly #settings: TcpSettings;
  readonly #connection: TcpConnection;
  readonly #gone = new AbortController();
  #stopReports: (() => void) | undefined;
  #idle: IdleWatch | undefined;

  constructor(socket: Socket, facts: Pick<TcpConnection, 'downstream' | 'serverName'>, settings: TcpSettings) {
    this.#socket = socket;
    this.#settings = settings;
    this.#connection = {
      ...facts,
      startedAt: settings.env.now(),
      started: settings.env.monotonic(),
      ended: undefined,
      cluster: undefined,
      endpoint: undefined,
      flags: new Set(),
      upstreamFailure: undefined,
      allowed: true,
      received: 0,
      sent: 0,
      state: new Map(),
    };
  }

  /** Never rejects. */
  async run(): Promise<void> {
    const { stats } = this.#settings;
    stats.downstream_cx_total++;
    stats.downstream_cx_active++;
    const onGone = (): void => this.#gone.abort();
    this.#socket.on('close', onGone).on('error', ignore);
    if (this.#socket.closed) onGone();
    const upstream = (await this.#isAllowed()) ? await this.#connect() : undefined;
    if (upstream === undefined || this.#socket.destroyed) {
      upstream?.destroy();
      this.#socket.destroy();
      this.#finish();
      return;
    }
    this.#relay(upstream);
  }

  async #isAllowed(): Promise<boolean> {
    const { observer } = this.#settings;
    if (observer === undefined) return true;
    const connection = this.#connection;
    try {
      connection.allowed = await observer.onConnection(connection, this.#gone.signal);
    } catch (cause) {
      connection.allowed = false;
      this.#settings.env.log.warn('check of a connection failed', { cause: String(cause) });
    }
    if (!connection.allowed || this.#gone.signal.aborted) return false;
    observer.onOpen?.(connection);
    if (observer.onContinue !== undefined) this.#report();
    return true;
  }

  #report(): void {
    const { env, observer, reportMillis } = this.#settings;
    this.#stopReports = env.after(reportMillis, () => {
      this.#report();
      observer?.onContinue?.(this.#connection);
    });
  }

  /** Undefined when it fails; the flags say why. */
  async #connect(): Promise<Duplex | undefined> {
    const endpoint = this.#pick();
    if (endpoint === undefined) return undefined;
    try {
      const upstream = await endpoint.connect(this.#gone.signal);
      endpoint.record('success');
      return upstream;
    } catch (cause) {
      this.#countFailure(endpoint, cause);
      return undefined;
    }
  }

  #pick(): UpstreamEndpoint | undefined {
    const { clusters, chooseCluster, env, stats } = this.#settings;
    const connection = this.#connection;
    const { serverName, downstream, flags } = connection;
    connection.cluster = chooseCluster(serverName, () => env.random());
    const cluster = connection.cluster === undefined ? undefined : clusters().get(connection.cluster);
    if (cluster === undefined) {
      stats.downstream_cx_no_route++;
      flags.add('NR');
      return undefined;
    }
    connection.endpoint = cluster.pick(
      downstream.destination === undefined ? {} : { destination: downstream.destination },
    );
    if (connection.endpoint === undefined) flags.add('UH');
    return connection.endpoint;
  }

  #countFailure(endpoint: UpstreamEndpoint, cause: unknown): void {
    const connection = this.#connection;
    connection.upstreamFailure = cause instanceof UpstreamError ? cause.reason : String(cause);
    // It was ours to break off.
    if (this.#gone.signal.aborted) return;
    const isOverflow = cause instanceof UpstreamError && cause.kind === 'overflow';
    connection.flags.add(isOverflow ? 'UO' : 'UF');
    if (!isOverflow) endpoint.record('gateway-failure');
  }

  #relay(upstream: Duplex): void {
    const { env, stats, idleMillis } = this.#settings;
    const connection = this.#connection;
    const caller = this.#socket;
    upstream.on('error', ignore);
    const idle =
      idleMillis === 0
        ? undefined
        : new IdleWatch(env, idleMillis, () => {
            stats.idle_timeout++;
            caller.destroy();
            upstream.destroy();
          });
    this.#idle = idle;
    relay(
      { caller, upstream },
      {
        onReceived: (length) => {
          connection.received += length;
          stats.downstream_cx_rx_bytes_total += length;
          idle?.touch();
        },
        onSent: (length) => {
          connection.sent += length;
          stats.downstream_cx_tx_bytes_total += length;
          idle?.touch();
        },
        onEnd: () => this.#finish(),
      },
    );
  }

  #finish(): void {
    const { env, stats, observer, log } = this.#settings;
    this.#stopReports?.();
    this.#idle?.stop();
    stats.downstream_cx_active--;
    this.#connection.ended = env.monotonic();
    observer?.onClose?.(this.#connection);
    log?.(this.#connection);
  }
}

function ignore(): void {
  // The close that follows says all there is to know.
}

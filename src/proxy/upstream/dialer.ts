import { connect, isIP, type Socket, type TcpSocketConnectOpts } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ClusterSettings } from './cluster-settings.js';
import type { ClusterStats } from './cluster-stats.js';
import type { UpstreamEnv } from './env.js';
import { TlsMaterial } from './tls-material.js';
import { connectFailure, UpstreamError } from './upstream-error.js';

const unixScheme = 'unix://';

/** Makes the connections of one cluster, and counts them. */
export class Dialer {
  readonly #settings: ClusterSettings;
  readonly #env: UpstreamEnv;
  readonly #stats: ClusterStats;
  readonly #tls: TlsMaterial | undefined;

  constructor(settings: ClusterSettings, env: UpstreamEnv, stats: ClusterStats) {
    this.#settings = settings;
    this.#env = env;
    this.#stats = stats;
    this.#tls = settings.tls === undefined ? undefined : new TlsMaterial(settings.tls, settings.http2, env);
  }

  /** Connected, and secure where the cluster has TLS. Rejects with UpstreamError. */
  async open(address: string, port: number, signal?: AbortSignal): Promise<Socket> {
    const stats = this.#stats;
    const stop = new AbortController();
    const give = (failure: UpstreamError) => () => stop.abort(failure);
    const onTime = give(new UpstreamError('connect-failure', 'connect timeout'));
    const onAbort = give(new UpstreamError('connect-failure', 'cancelled'));
    stats.upstream_cx_total++;
    stats.upstream_cx_active++;
    const cancel = this.#env.schedule.after(this.#settings.connectTimeoutMillis, () => {
      stats.upstream_cx_connect_timeout++;
      onTime();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted === true) onAbort();
    try {
      const socket = await this.#establish(address, port, stop.signal);
      this.#countClose(socket);
      return socket;
    } catch (cause) {
      stats.upstream_cx_active--;
      stats.upstream_cx_connect_fail++;
      throw connectFailure(cause);
    } finally {
      cancel();
      signal?.removeEventListener('abort', onAbort);
    }
  }

  async #establish(address: string, port: number, stop: AbortSignal): Promise<Socket> {
    if (address.startsWith(unixScheme)) return this.#connect({ path: address.slice(unixScheme.length) }, stop);
    const hosts = isIP(address) === 0 ? await before(stop, this.#env.resolveDns(address)) : [address];
    let failure: unknown = new UpstreamError('connect-failure', 'ENOTFOUND');
    for (const host of hosts) {
      try {
        return await this.#connect({ host, port }, stop);
      } catch (cause) {
        failure = cause;
        if (stop.aborted) break;
      }
    }
    throw failure;
  }

  async #connect(to: Partial<TcpSocketConnectOpts> & { path?: string }, stop: AbortSignal): Promise<Socket> {
    const options = { ...to, noDelay: true, ...this.#keepAlive() };
    const secure = this.#tls === undefined ? undefined : await before(stop, this.#tls.options());
    stop.throwIfAborted();
    const socket =
      secure === undefined ? connect(options as TcpSocketConnectOpts) : connectTls({ ...options, ...secure });
    // Kept for good: between its users nobody else would hear of an error, and it would end the process.
    socket.on('error', ignore);
    return await new Promise((resolve, reject) => {
      const onStop = (): void => void socket.destroy(stop.reason as Error);
      const settle = (): void => {
        stop.removeEventListener('abort', onStop);
        socket.off('error', onError).off('close', onClose);
      };
      const onError = (cause: Error): void => {
        settle();
        socket.destroy();
        reject(cause);
      };
      const onClose = (): void => onError(new UpstreamError('connect-failure', 'closed while connecting'));
      socket.on('error', onError).on('close', onClose);
      stop.addEventListener('abort', onStop, { once: true });
      socket.once(secure === undefined ? 'connect' : 'secureConnect', () => {
        settle();
        resolve(socket);
      });
    });
  }

  #keepAlive(): { keepAlive?: boolean; keepAliveInitialDelay?: number } {
    const { keepAliveMillis } = this.#settings;
    return keepAliveMillis === undefined ? {} : { keepAlive: true, keepAliveInitialDelay: keepAliveMillis };
  }

  #countClose(socket: Socket): void {
    const stats = this.#stats;
    const count = (): void => {
      stats.upstream_cx_active--;
      stats.upstream_cx_destroy++;
      stats.upstream_cx_rx_bytes_total += socket.bytesRead;
      stats.upstream_cx_tx_bytes_total += socket.bytesWritten;
    };
    socket.once('close', count);
  }
}

/** The result of `work`, unless `stop` comes first. */
function before<T>(stop: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const onStop = (): void => reject(stop.reason as Error);
    if (stop.aborted) onStop();
    stop.addEventListener('abort', onStop, { once: true });
    work.then(resolve, reject).finally(() => stop.removeEventListener('abort', onStop));
  });
}

function ignore(): void {
  // The close that follows says all there is to know.
}

import type { ConfigStore } from '../config/index.js';
import type { Host, Runtime } from '../runtime/index.js';
import type { Log } from '../sdk/index.js';
import { formatAddress, type ListenAddress } from './address.js';
import { ConfigLoader } from './config-loader.js';
import { createGrpcHost, type GrpcHostOptions } from './grpc-host.js';
import type { RpcHost } from './host.js';
import { type Monitoring, openMonitoring } from './monitoring.js';
import { PrometheusEndpoint } from './prometheus-endpoint.js';
import { renderCounters } from './runtime-counters.js';
import { createMixerService, type MixerService } from './service.js';
import { SnapshotLog } from './snapshot-log.js';

/** What a {@link MixerServer} is composed of. */
export interface MixerServerOptions extends GrpcHostOptions {
  readonly runtime: Runtime;
  readonly host: Host;
  readonly store: ConfigStore;
  readonly log: Log;
  readonly version: string;
  /** Where Check and Report are served. */
  readonly address: ListenAddress;
  /** The monitoring port; undefined leaves it out. */
  readonly monitoring: { readonly host: string; readonly port: number } | undefined;
  /** Where adapters' metrics are scraped; undefined leaves it out. */
  readonly prometheus: (ListenAddress & { readonly kind: 'tcp' }) | undefined;
}

/** A running Mixer. */
export interface MixerServer {
  /** As bound: `tcp://127.0.0.1:9091`. */
  readonly address: string;
  /** `http://host:port` of the monitoring port. */
  readonly monitoringUrl: string | undefined;
  /** `http://host:port/metrics` of adapters' metrics; undefined while nothing is exposed. */
  readonly metricsUrl: string | undefined;
  /** False once it stops, and before a configuration is live. */
  readonly ready: boolean;
  /** Takes no new calls, lets running ones end for at most `graceMillis`, then closes handlers and ports. The first call counts. */
  close(graceMillis?: number): Promise<void>;
}

const defaultGraceMillis = 10_000;

/**
 * Loads the configuration, then serves: a Mixer that answers has a configuration. Whatever fails closes what was
 * opened before.
 *
 * @throws MixerError LISTEN_FAILED, or what the store says.
 */
export async function startMixerServer(options: MixerServerOptions): Promise<MixerServer> {
  const server = new Server(options);
  try {
    await server.start();
  } catch (error) {
    await server.close(0);
    throw error;
  }
  return server;
}

class Server implements MixerServer {
  readonly #options: MixerServerOptions;
  readonly #service: MixerService;
  readonly #rpc: RpcHost;
  readonly #loader: ConfigLoader;
  readonly #prometheus: PrometheusEndpoint | undefined;
  #monitoring: Monitoring | undefined;
  #address: ListenAddress;
  #serving = false;
  #closing: Promise<void> | undefined;

  constructor(options: MixerServerOptions) {
    const { runtime, host, log } = options;
    this.#options = options;
    this.#address = options.address;
    this.#service = createMixerService(runtime);
    this.#rpc = createGrpcHost(this.#service.methods, options);
    this.#loader = new ConfigLoader(options);
    if (options.prometheus !== undefined) {
      this.#prometheus = new PrometheusEndpoint({ address: options.prometheus, exposed: host.sources, log });
    }
  }

  get address(): string {
    return formatAddress(this.#address);
  }

  get monitoringUrl(): string | undefined {
    return this.#monitoring?.endpoint.url;
  }

  get metricsUrl(): string | undefined {
    return this.#prometheus?.url;
  }

  get ready(): boolean {
    return this.#notReady() === undefined;
  }

  async start(): Promise<void> {
    const { runtime, host, monitoring, version, address, log } = this.#options;
    if (monitoring !== undefined) {
      this.#monitoring = await openMonitoring(monitoring, {
        version,
        rpcs: this.#service.stats,
        runtimeMetrics: () => renderCounters(runtime.counters) + host.renderPrometheus(),
        notReady: () => this.#notReady(),
      });
    }
    const tell = new SnapshotLog(log);
    runtime.onSnapshot((snapshot) => {
      tell.announce(snapshot);
      // What handlers expose changes with the handlers.
      void this.#prometheus?.sync();
    });
    await this.#loader.start();
    await this.#prometheus?.sync();
    this.#address = await this.#rpc.listen(address);
    this.#serving = true;
  }

  close(graceMillis = defaultGraceMillis): Promise<void> {
    this.#closing ??= this.#close(graceMillis);
    return this.#closing;
  }

  async #close(graceMillis: number): Promise<void> {
    this.#serving = false;
    // In this order: calls in flight need the handlers, handlers the sources that are scraped.
    await this.#rpc.close(graceMillis);
    await this.#loader.close();
    await this.#options.runtime.close();
    await this.#prometheus?.close();
    await this.#monitoring?.close();
  }

  #notReady(): string | undefined {
    if (!this.#loader.loaded) return 'no configuration is live';
    return this.#serving ? undefined : 'not serving';
  }
}

import { setImmediate as turn } from 'node:timers/promises';
import type { ProxyConfig } from '../gen/fairlead/proxy/v1/config.js';
import { type ChainParts, createHttpAcceptor, nodeOf } from './chains.js';
import { createClusters } from './clusters.js';
import type { ProxyEnv } from './env.js';
import type { Address } from './http/message.js';
import { createListenerSet, type ListenerSet, type Problem } from './listeners/index.js';
import { ClientSlot, clientTime, createMixerTcpObserver, type MakeTransport } from './mixer/index.js';
import {
  createTcpAccessLog,
  type OpenLog,
  readClusters,
  readMixer,
  readNamed,
  type SpanSink,
  Stats,
} from './observe/index.js';
import { compileTables, type Snapshot } from './snapshot.js';
import type { LiveClusterSet, UpstreamEnv } from './upstream/index.js';

/** What a proxy needs of whoever runs it. */
export interface ProxyOptions {
  readonly env: ProxyEnv;
  readonly upstreamEnv: UpstreamEnv;
  readonly makeTransport: MakeTransport;
  readonly openLog: OpenLog;
  /** Where spans go; without one there are none. */
  readonly spans?: SpanSink;
  /** How long connections of a listener that goes may go on; 45 s when left out. */
  readonly drainMillis?: number;
}

/** A proxy: listeners, routes and clusters, from one configuration to the next. */
export interface Proxy {
  /**
   * Takes up a configuration, whole: with a table of routes that does not compile nothing changes. A listener with a
   * problem of its own stays as it was. Connections and requests under way go on.
   */
  apply(config: ProxyConfig): Promise<readonly Problem[]>;
  readonly config: ProxyConfig | undefined;
  readonly clusters: LiveClusterSet | undefined;
  readonly listeners: ListenerSet;
  readonly stats: Stats;
  addresses(): ReadonlyMap<string, Address>;
  /** Takes nothing new; resolves when what is under way has ended, or its time is over. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

export function createProxy(options: ProxyOptions): Proxy {
  return new RunningProxy(options);
}

class RunningProxy implements Proxy {
  readonly listeners: ListenerSet;
  readonly stats = new Stats();
  readonly #options: ProxyOptions;
  readonly #mixer: ClientSlot;
  /** Of TCP chains, with caches and counters of its own, as in Envoy. */
  readonly #tcpMixer: ClientSlot;
  readonly #mirrored = new Set<() => void>();
  #snapshot: Snapshot | undefined;
  #hasListenerProblems = false;
  #applying: Promise<unknown> = Promise.resolve();

  constructor(options: ProxyOptions) {
    this.#options = options;
    const { env, openLog, drainMillis, makeTransport } = options;
    this.#mixer = new ClientSlot(makeTransport, env);
    this.#tcpMixer = new ClientSlot(makeTransport, env);
    const time = clientTime(env);
    const parts: ChainParts = {
      env,
      openLog,
      stats: this.stats,
      spans: options.spans,
      client: () => this.#mixer.client,
      snapshot: () => this.#now(),
      mirrored: this.#mirrored,
    };
    this.listeners = createListenerSet({
      env,
      clusters: () => this.#now().clusters,
      makeHttp: (filter, listener) => createHttpAcceptor(filter, listener, parts),
      tcpMixer: ({ mixer }) =>
        mixer &&
        createMixerTcpObserver(mixer, {
          client: () => this.#tcpMixer.client,
          node: () => nodeOf(this.#now()),
          time,
        }),
      tcpLog: ({ accessLog }) => accessLog && createTcpAccessLog(accessLog, openLog),
      ...(drainMillis === undefined ? {} : { drainMillis }),
    });
    this.stats.addSource(() => readClusters(this.#snapshot?.clusters.all() ?? []));
    this.stats.addSource(() => readNamed('listener', this.listeners.listenerStats()));
    this.stats.addSource(() => readNamed('tcp', this.listeners.tcpStats()));
    this.stats.addSource(() => readMixer('http_mixer_filter', this.#mixer.statistics()));
    this.stats.addSource(() => readMixer('tcp_mixer_filter', this.#tcpMixer.statistics()));
  }

  get config(): ProxyConfig | undefined {
    return this.#snapshot?.config;
  }

  get clusters(): LiveClusterSet | undefined {
    return this.#snapshot?.clusters;
  }

  addresses(): ReadonlyMap<string, Address> {
    return this.listeners.addresses();
  }

  /** One after the other: two configurations at once would each take the other's clusters for the former ones. */
  apply(config: ProxyConfig): Promise<readonly Problem[]> {
    const applied = this.#applying.then(() => this.#apply(config));
    this.#applying = applied.catch(() => undefined);
    return applied;
  }

  async #apply(config: ProxyConfig): Promise<readonly Problem[]> {
    let tables;
    try {
      tables = compileTables(config);
    } catch (error) {
      return [{ listener: '', message: (error as Error).message }];
    }
    const former = this.#snapshot;
    const clusters = createClusters(config, former?.clusters, this.#options.upstreamEnv);
    this.#snapshot = { config, clusters, tables };
    const problems = this.#applyMixer(config);
    // A list that is the very one of before needs no look, unless something was wrong with it.
    if (this.#hasListenerProblems || former?.config.listeners !== config.listeners) {
      const found = await this.listeners.apply(config.listeners);
      this.#hasListenerProblems = found.length > 0;
      problems.push(...found);
    }
    if (former?.config.listeners !== config.listeners || former.config.clusters !== config.clusters) {
      this.#forgetStats(config);
    }
    return problems;
  }

  /** Without a way to the new Mixer, the former one stays. */
  #applyMixer({ mixer }: ProxyConfig): Problem[] {
    try {
      this.#mixer.apply(mixer);
      this.#tcpMixer.apply(mixer);
      return [];
    } catch (error) {
      return [{ listener: '', message: (error as Error).message }];
    }
  }

  /** What nobody counts any more is not shown any more. */
  #forgetStats({ listeners, clusters }: ProxyConfig): void {
    const prefixes = listeners.flatMap(({ chains }) => chains.map(({ http }) => http?.statPrefix ?? ''));
    this.stats.retain('http', new Set(prefixes));
    this.stats.retain('cluster', new Set(clusters.map(({ name }) => name)));
  }

  async drain(): Promise<void> {
    await this.listeners.drain();
  }

  async close(): Promise<void> {
    await this.#applying;
    await this.listeners.close();
    for (const stop of [...this.#mirrored]) stop();
    // What this has ended is still to be reported: a connection when its upstream side is closed too, two turns later.
    for (let turns = 0; turns < 3; turns++) await turn();
    await Promise.all([this.#mixer.close(), this.#tcpMixer.close()]);
    await this.#snapshot?.clusters.close();
  }

  #now(): Snapshot {
    if (this.#snapshot === undefined) throw new Error('nothing is served before the first configuration');
    return this.#snapshot;
  }
}

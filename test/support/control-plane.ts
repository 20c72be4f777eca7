import { credentials, Server } from '@grpc/grpc-js';
import { Node } from '../../src/gen/envoy/config/core/v3/base.js';
import type { ProxyConfig } from '../../src/gen/fairlead/proxy/v1/config.js';
import { addXdsService, createXdsServer, type Snapshot, toFairleadSnapshot } from '../../src/pilot/index.js';
import type { Change, XdsServer } from '../../src/pilot/index.js';
import { type Problem, type Proxy, systemEnv } from '../../src/proxy/index.js';
import {
  type ConfigCache,
  type DiscoveryFeed,
  type DiscoveryLimits,
  openDiscoveryFeed,
} from '../../src/proxy/xds/index.js';
import { bind, realEnv } from '../pilot/xds/net.js';
import { configWay } from './config-way.js';
import { until } from './mesh/test-time.js';

/** Who a proxy of a test says that it is. */
export function nodeOf(id: string): Node {
  return Node.create({ id, metadata: { GENERATOR: 'fairlead' } });
}

/** A control plane whose configurations a test writes, one for each proxy, by the identifier of its node. */
export class TestControlPlane {
  readonly #snapshots = new Map<string, Snapshot>();
  #grpc: Server | undefined;
  #xds: XdsServer | undefined;
  #version = 0;
  #isChanged = false;
  port = 0;
  /** What proxies rejected: the kind and why. */
  readonly rejections: string[] = [];
  /** What was sent: `<kind> <number of resources>`. */
  readonly sent: string[] = [];

  /** Listens; with a port of before after a stop, as the same server once more. */
  async start(port = this.port): Promise<this> {
    this.#xds = createXdsServer({
      env: realEnv(),
      limits: { quietMillis: 0 },
      observer: {
        rejected: (kind, _proxy, message) => this.rejections.push(`${kind}: ${message}`),
        sent: (kind, { resources }) => this.sent.push(`${kind} ${resources}`),
      },
      refresh: (change) => {
        this.#isChanged = false;
        return change;
      },
      snapshotFor: ({ id }) => this.#snapshots.get(id) ?? nothing,
    });
    this.#grpc = new Server();
    addXdsService(this.#grpc, this.#xds);
    this.port = (await bind(this.#grpc, port)).port;
    return this;
  }

  /** Says what a proxy is to have; gives the version of it. With a change of endpoints alone, nothing else is sent. */
  set(id: string, config: ProxyConfig, change: Change = { kind: 'full' }): string {
    const version = `v${++this.#version}`;
    this.#snapshots.set(id, toFairleadSnapshot(config, version));
    this.#isChanged = true;
    this.#xds?.notify(change);
    return version;
  }

  /** Whether all that was sent has been answered. */
  get isSettled(): boolean {
    const proxies = this.#xds?.proxies() ?? [];
    const kinds = proxies.flatMap((one) => one.kinds);
    return !this.#isChanged && kinds.every(({ sent, acked, rejected }) => sent === acked || sent === rejected?.version);
  }

  get streams(): number {
    return this.#xds?.proxies().length ?? 0;
  }

  /** Ends all streams, and takes no new ones. */
  stop(): Promise<void> {
    this.#xds?.close();
    this.#grpc?.forceShutdown();
    this.#xds = this.#grpc = undefined;
    return Promise.resolve();
  }
}

const nothing = toFairleadSnapshot({
  ...{ version: 'none', listeners: [], routeTables: [], clusters: [], endpoints: [] },
  ...{ mixer: undefined, traceCollector: undefined, node: undefined },
});

/** A proxy that does what a control plane says. */
export interface Follower {
  readonly feed: DiscoveryFeed;
  /** What was wrong with the last configuration. */
  readonly problems: readonly Problem[];
  /** Versions as they were taken up. */
  readonly applied: readonly string[];
  /** Gives a proxy another configuration, and waits until it has it; gives what was wrong with it. */
  apply(config: ProxyConfig): Promise<readonly Problem[]>;
  close(): Promise<void>;
}

/** Gives proxies of a suite their configuration in the way that is set: over xDS from one control plane, or at once. */
export class ConfigGiver {
  #plane: Promise<TestControlPlane> | undefined;
  readonly #followers: Follower[] = [];

  /** What gives a proxy one configuration after the other. */
  async for(proxy: Proxy): Promise<(config: ProxyConfig) => Promise<readonly Problem[]>> {
    if (configWay.current === 'direct') return (config) => proxy.apply(config);
    this.#plane ??= new TestControlPlane().start();
    const follower = follow(proxy, await this.#plane, { id: `p${this.#followers.length}` });
    this.#followers.push(follower);
    return (config) => follower.apply(config);
  }

  async close(): Promise<void> {
    await Promise.all(this.#followers.map((one) => one.close()));
    await (await this.#plane)?.stop();
  }
}

/** Lets a proxy follow a control plane, as `fairlead proxy --discoveryAddress` does. */
export function follow(
  proxy: Proxy,
  plane: TestControlPlane,
  { id = 'p', cache, limits }: { id?: string; cache?: ConfigCache; limits?: Partial<DiscoveryLimits> } = {},
): Follower {
  const quiet = { info: () => undefined, warn: () => undefined };
  const feed = openDiscoveryFeed({
    addresses: [`127.0.0.1:${plane.port}`],
    credentials: () => credentials.createInsecure(),
    node: nodeOf(id),
    env: systemEnv(quiet),
    cache,
    ...(limits === undefined ? {} : { limits }),
  });
  let problems: readonly Problem[] = [];
  const applied: string[] = [];
  feed.onChange(async (config) => {
    problems = await proxy.apply(config);
    applied.push(config.version);
    return problems;
  });
  return {
    feed,
    applied,
    get problems() {
      return problems;
    },
    async apply(config) {
      const version = plane.set(id, config);
      await until(() => applied.at(-1) === version && plane.isSettled);
      return problems;
    },
    close: () => feed.close(),
  };
}

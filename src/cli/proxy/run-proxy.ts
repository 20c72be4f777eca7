import type { Transport } from '../../client/index.js';
import type { ProxyConfig } from '../../gen/fairlead/proxy/v1/config.js';
import {
  type Address,
  type AdminServer,
  createAdminServer,
  createLogOutputs,
  createProxy,
  type LogLevels,
  type Problem,
  type Proxy,
  readServer,
  type ServerState,
  type SpanSink,
  systemEnv,
  systemUpstreamEnv,
} from '../../proxy/index.js';
import type { Log } from '../../sdk/index.js';
import { MixerError } from '../../util/errors.js';
import { createClusterTransport } from './cluster-transport.js';
import type { ConfigFeed } from './config-feed.js';
import type { MixerLink } from './mixer-link.js';

export interface RunOptions {
  readonly feed: ConfigFeed;
  readonly mixer: MixerLink;
  readonly admin: Address;
  readonly drainMillis: number;
  readonly version: string;
  readonly log: Log;
  readonly levels: LogLevels;
  /** Where spans go; without one there are none. */
  readonly spans?: SpanSink | undefined;
}

/** A proxy that follows a feed, with its admin port. */
export interface RunningProxy {
  readonly proxy: Proxy;
  readonly admin: Address;
  /** Resolves once the first configuration is in force; until then it is not ready, and serves nobody. */
  readonly live: Promise<void>;
  readonly isLive: () => boolean;
  /** Takes nothing new, waits for what is under way, and ends. The feed and the Mixer are the caller's. */
  stop(): Promise<void>;
}

/**
 * Starts a proxy, and takes up what the feed says from then on; when it says nothing yet, only the admin port is there.
 *
 * @throws MixerError UNAVAILABLE when the admin port, or every listener, is taken.
 */
export async function runProxy(options: RunOptions): Promise<RunningProxy> {
  const { feed, mixer, drainMillis, spans, log } = options;
  const env = systemEnv(log);
  const outputs = createLogOutputs(env);
  const proxy = createProxy({
    env,
    upstreamEnv: systemUpstreamEnv(),
    makeTransport: (cluster) => transportTo(cluster, { proxy, mixer }),
    openLog: (path) => outputs.open(path),
    drainMillis,
    ...(spans === undefined ? {} : { spans }),
  });
  let state: ServerState = 'INITIALIZING';
  let loadedAt = 0;
  const startedAt = env.monotonic();
  proxy.stats.addSource(() => readServer(state, env.monotonic() - startedAt));
  let setLive = (): void => undefined;
  const live = new Promise<void>((resolve) => (setLive = resolve));
  const apply = async (config: ProxyConfig): Promise<readonly Problem[]> => {
    const problems = await proxy.apply(withMixer(config, mixer));
    loadedAt = Date.now();
    tell(problems, log);
    if (state === 'INITIALIZING') state = 'LIVE';
    setLive();
    return problems;
  };
  const first = feed.current();
  if (first !== undefined) await apply(first);
  const stopFollowing = feed.onChange(apply);
  const next = feed.current();
  if (next !== undefined && next !== first) await apply(next);
  const server = adminOf(proxy, options, { state: () => state, loadedAt: () => loadedAt });
  const admin = await server.listen(options.admin.host, options.admin.port).catch(async (error: unknown) => {
    await proxy.close();
    throw new MixerError('LISTEN_FAILED', `the admin port cannot listen: ${String(error)}`, error);
  });
  return {
    proxy,
    admin,
    live,
    isLive: () => state === 'LIVE',
    stop: async () => {
      state = 'DRAINING';
      stopFollowing();
      await proxy.drain();
      await proxy.close();
      await server.close();
      await outputs.close();
    },
  };
}

/** The Mixer that the command line names stands in for a cluster without a name. */
function transportTo(cluster: string, { proxy, mixer }: { proxy: Proxy; mixer: MixerLink }): Transport {
  if (cluster === '' && mixer.makeTransport !== undefined) return mixer.makeTransport();
  return createClusterTransport(cluster, () => proxy.clusters?.get(cluster)?.endpoints ?? []);
}

function withMixer(config: ProxyConfig, mixer: MixerLink): ProxyConfig {
  return mixer.makeTransport === undefined && config.mixer?.checkCluster === ''
    ? { ...config, mixer: undefined }
    : config;
}

function tell(problems: readonly Problem[], log: Log): void {
  for (const { listener, message } of problems) log.error(message, listener === '' ? {} : { listener });
}

function adminOf(
  proxy: Proxy,
  { version, levels, mixer, log }: RunOptions,
  life: { readonly state: () => ServerState; readonly loadedAt: () => number },
): AdminServer {
  return createAdminServer({
    env: systemEnv(log),
    stats: proxy.stats,
    version,
    get nodeId() {
      return proxy.config?.node?.id ?? '';
    },
    state: life.state,
    clusters: () => proxy.clusters?.all() ?? [],
    listeners: () => proxy.addresses(),
    config: () => {
      const { config } = proxy;
      return config && { message: config, version: config.version, loadedAt: life.loadedAt() };
    },
    drain: () => void proxy.drain(),
    logging: levels,
    moreMetrics: () => mixer.metrics(),
  });
}

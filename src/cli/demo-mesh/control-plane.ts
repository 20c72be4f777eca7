import { credentials } from '@grpc/grpc-js';
import { openStore } from '../../config/index.js';
import { Node } from '../../gen/envoy/config/core/v3/base.js';
import type { ProxyConfig } from '../../gen/fairlead/proxy/v1/config.js';
import { createFileRegistry, createPilot, openGrpcPort, type Proxy, systemPilotEnv } from '../../pilot/index.js';
import { openDiscoveryFeed, systemEnv } from '../../proxy/index.js';
import type { Log } from '../../sdk/index.js';
import type { ConfigFeed } from '../proxy/config-feed.js';
import type { ProblemLog } from '../proxy/problem-log.js';

/** A Pilot of the shop, on a free port of loopback. */
export interface ControlPlane {
  /** What a proxy hears from it over xDS, but for the ports that it really listens to. */
  feedFor(proxy: Proxy, bindPort: (port: number) => number): ConfigFeed & { close(): Promise<void> };
  close(): Promise<void>;
}

export interface ControlPlaneOptions {
  readonly configDir: string;
  /** Of resources that name none. */
  readonly namespace: string;
  readonly version: string;
  readonly problems: ProblemLog;
  readonly log: Log;
}

const loopback = '127.0.0.1';
// All of it is one process: nobody goes away in silence.
const keepAlive = { maxAgeMillis: 0, intervalMillis: 60_000, timeoutMillis: 10_000 };

/** Starts a Pilot that follows a folder. */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { configDir, namespace, version, problems, log } = options;
  const store = openStore(`fs://${encodeURI(configDir)}`, { defaultNamespace: namespace, log });
  await store.start();
  const pilot = createPilot({
    ...{ store, registries: [createFileRegistry(store)], env: systemPilotEnv(log), version },
    // One file is edited by one reader: there is no burst to wait out.
    limits: { quietMillis: 20 },
    onDiagnostics: (found) => problems.replace('model', found),
  });
  const port = await openGrpcPort(pilot.xds, { at: { host: loopback, port: 0 }, keepAlive });
  return {
    feedFor(proxy, bindPort) {
      const feed = openDiscoveryFeed({
        addresses: [`${loopback}:${port.at.port}`],
        credentials: () => credentials.createInsecure(),
        node: describeNode(proxy),
        env: systemEnv(log),
      });
      return { ...withPorts(feed, bindPort), close: () => feed.close() };
    },
    async close() {
      await port.close(0);
      pilot.close();
      await store.close();
    },
  };
}

function describeNode({ id, type, namespace, ips, labels }: Proxy): Node {
  return Node.create({
    id: [type, ips[0] ?? '', id, `${namespace}.svc.cluster.local`].join('~'),
    metadata: { GENERATOR: 'fairlead', LABELS: Object.fromEntries(labels), GATEWAY_ADDRESS: loopback },
  });
}

/** The proxies of the shop are on one machine: some of their ports cannot be what the mesh says. */
function withPorts(feed: ConfigFeed, bindPort: (port: number) => number): ConfigFeed {
  const move = (config: ProxyConfig): ProxyConfig => ({
    ...config,
    listeners: config.listeners.map((listener) => ({ ...listener, port: bindPort(listener.port) })),
  });
  let moved: { readonly of: ProxyConfig; readonly config: ProxyConfig } | undefined;
  const keep = (of: ProxyConfig): ProxyConfig => {
    if (moved?.of !== of) moved = { of, config: move(of) };
    return moved.config;
  };
  return {
    current() {
      const config = feed.current();
      return config && keep(config);
    },
    onChange: (listener) => feed.onChange((config) => listener(keep(config))),
  };
}

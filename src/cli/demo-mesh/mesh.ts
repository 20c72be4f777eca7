import type { Adapter, Log } from '../../sdk/index.js';
import { portIfFree } from '../demo/free-port.js';
import { openMeshFeed } from '../proxy/config-feed.js';
import { type MixerLink, openMixerLink } from '../proxy/mixer-link.js';
import { createProblemLog } from '../proxy/problem-log.js';
import { type RunningProxy, runProxy } from '../proxy/run-proxy.js';
import { type App, startApp, startStorefront } from './app.js';
import type { MeshFolder } from './mesh-folder.js';
import { nameOf, type Workload } from './workloads.js';

/** The shop and its mesh, all in this process. */
export interface Mesh {
  readonly apps: ReadonlyMap<string, App>;
  /** By the name of the workload; the gateway is `gateway`. */
  readonly proxies: ReadonlyMap<string, RunningProxy>;
  readonly mixer: MixerLink;
  /** Of the gateway, on 127.0.0.1. */
  readonly gatewayPort: number;
  close(): Promise<void>;
}

export interface MeshOptions {
  readonly folder: MeshFolder;
  readonly adapters: readonly Adapter[];
  readonly version: string;
  readonly log: Log;
}

const namespace = 'shop';
const loopback = '127.0.0.1';
const gatewayLabels = new Map([['istio', 'ingressgateway']]);
// Ports that one proxy has, and that many proxies of one machine cannot all have.
const shared = new Set([15_001, 15_002]);
/** The one whose payments fail. */
const broken = 'payments-v2';

/** Starts everything; what was started ends when a part does not start. */
export async function startMesh(options: MeshOptions): Promise<Mesh> {
  const closing: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const one of closing.splice(0).reverse()) await one();
  };
  try {
    return { ...(await start(options, closing)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(
  { folder, adapters, version, log }: MeshOptions,
  closing: (() => Promise<unknown>)[],
): Promise<Omit<Mesh, 'close'>> {
  const problems = createProblemLog(log);
  const mixer = await openMixerLink({
    ...{ mixer: 'embedded', configDir: folder.path, namespace, adapters, problems, log },
    adapterTimeoutMillis: 1_000,
    sourceUid: '',
  });
  closing.push(() => mixer.close());
  const feed = await openMeshFeed({ configDir: folder.path, namespace, problems, log });
  closing.push(() => feed.close());
  const gatewayPort = await portIfFree(8080);
  const proxies = new Map<string, RunningProxy>();
  closing.push(() => Promise.all([...proxies.values()].map((one) => one.stop())));
  const run = async (name: string, proxy: Parameters<typeof feed.feedFor>[0]): Promise<void> => {
    const bindPort = (port: number): number => (shared.has(port) ? 0 : port === 80 ? gatewayPort : port);
    const running = await runProxy({
      ...{ feed: feed.feedFor(proxy, { bindPort, gatewayAddress: loopback }), mixer, version, log },
      admin: { host: loopback, port: 0 },
      drainMillis: 500,
      levels: { list: () => [], set: () => false },
    });
    proxies.set(name, running);
  };
  for (const one of folder.workloads) {
    const { app, address } = one;
    const labels = new Map(Object.entries({ app, version: one.version }));
    await run(nameOf(one), { id: `${nameOf(one)}.${namespace}`, type: 'sidecar', namespace, labels, ips: [address], locality: '' }); // prettier-ignore
  }
  await run('gateway', { id: `gateway.${namespace}`, type: 'router', namespace, labels: gatewayLabels, ips: [loopback], locality: '' }); // prettier-ignore
  const apps = new Map<string, App>();
  for (const one of folder.workloads) {
    const app = await startWorkload(one, () => portOf(proxies, nameOf(one), `${loopback}_15002`));
    closing.push(() => app.close());
    apps.set(nameOf(one), app);
  }
  return { apps, proxies, mixer, gatewayPort: portOf(proxies, 'gateway', `${loopback}_80`) };
}

function startWorkload(one: Workload, proxyPort: () => number): Promise<App> {
  const name = nameOf(one);
  if (one.app === 'storefront') return startStorefront(name, { port: one.port, proxyPort });
  return startApp(name, { port: one.port, status: () => (name === broken ? 502 : 200) });
}

function portOf(proxies: ReadonlyMap<string, RunningProxy>, name: string, listener: string): number {
  return proxies.get(name)?.proxy.addresses().get(listener)?.port ?? 0;
}

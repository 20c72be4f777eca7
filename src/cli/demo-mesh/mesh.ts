import type { Proxy } from '../../pilot/index.js';
import type { Adapter, Log } from '../../sdk/index.js';
import { portIfFree } from '../demo/free-port.js';
import { type MixerLink, openMixerLink } from '../proxy/mixer-link.js';
import { createProblemLog } from '../proxy/problem-log.js';
import { type RunningProxy, runProxy } from '../proxy/run-proxy.js';
import { type App, startApp, startStorefront } from './app.js';
import { startControlPlane } from './control-plane.js';
import type { MeshFolder } from './mesh-folder.js';
import { nameOf, type Workload } from './workloads.js';

/** The shop and its mesh, all in this process: a Pilot, the proxies that it tells what to do, and Mixer. */
export interface Mesh {
  readonly apps: ReadonlyMap<string, App>;
  /** By the name of the workload; the gateway is `gateway`. */
  readonly proxies: ReadonlyMap<string, RunningProxy>;
  readonly mixer: MixerLink;
  /** Where the configuration is; what is changed there holds. */
  readonly configDir: string;
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
  const pilot = await startControlPlane({ configDir: folder.path, namespace, version, problems, log });
  closing.push(() => pilot.close());
  const gatewayPort = await portIfFree(8080);
  const proxies = new Map<string, RunningProxy>();
  const stopProxies = (): Promise<unknown> => Promise.all([...proxies.values()].map((one) => one.stop()));
  const bindPort = (port: number): number => (shared.has(port) ? 0 : port === 80 ? gatewayPort : port);
  const run = async (name: string, given: Pick<Proxy, 'type' | 'labels' | 'ips'>): Promise<void> => {
    const feed = pilot.feedFor({ id: `${name}.${namespace}`, namespace, locality: '', ...given }, bindPort);
    closing.push(() => feed.close());
    const running = await runProxy({
      ...{ feed, mixer, version, log },
      admin: { host: loopback, port: 0 },
      drainMillis: 500,
      levels: { list: () => [], set: () => false },
    });
    proxies.set(name, running);
    await running.live;
  };
  await Promise.all([
    ...folder.workloads.map((one) => {
      const labels = new Map(Object.entries({ app: one.app, version: one.version }));
      return run(nameOf(one), { type: 'sidecar', labels, ips: [one.address] });
    }),
    run('gateway', { type: 'router', labels: gatewayLabels, ips: [loopback] }),
  ]);
  // Before their feeds: they take up nothing any more.
  closing.push(stopProxies);
  const apps = new Map<string, App>();
  for (const one of folder.workloads) {
    const app = await startWorkload(one, () => portOf(proxies, nameOf(one), `${loopback}_15002`));
    closing.push(() => app.close());
    apps.set(nameOf(one), app);
  }
  return { apps, proxies, mixer, configDir: folder.path, gatewayPort: portOf(proxies, 'gateway', `${loopback}_80`) };
}

function startWorkload(one: Workload, proxyPort: () => number): Promise<App> {
  const name = nameOf(one);
  if (one.app === 'storefront') return startStorefront(name, { port: one.port, proxyPort });
  return startApp(name, { port: one.port, status: () => (name === broken ? 502 : 200) });
}

function portOf(proxies: ReadonlyMap<string, RunningProxy>, name: string, listener: string): number {
  return proxies.get(name)?.proxy.addresses().get(listener)?.port ?? 0;
}

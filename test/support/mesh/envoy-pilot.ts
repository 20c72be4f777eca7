import { Server } from '@grpc/grpc-js';
import { buildEnvoySnapshot, type EnvoyOptions } from '../../../src/pilot/build/envoy/index.js';
import { createFileRegistry, createModel, type Model, type Proxy } from '../../../src/pilot/index.js';
import {
  addXdsService,
  createXdsServer,
  proxyOfNode,
  type Snapshot,
  type XdsResource,
  type XdsServer,
} from '../../../src/pilot/xds/index.js';
import { formatDiagnostic } from '../../../src/util/diagnostics.js';
import { storeOf } from '../../pilot/support.js';
import { bind, realEnv } from '../../pilot/xds/net.js';

/** What an Envoy is told. */
export interface EnvoySetup {
  readonly yaml: string;
  readonly build?: EnvoyOptions;
  /** Whom the Envoy stands for; by its node when left out. */
  readonly proxy?: Proxy | undefined;
  /** Changes a resource as a test needs it: to reach stand-ins in place of other machines. */
  readonly adjust?: (kind: 'cluster' | 'listener', resource: XdsResource) => XdsResource;
}

/** A Pilot in this process for Envoys, whose configuration is a text. */
export class EnvoyPilot {
  /** What Envoys refused. */
  readonly rejections: string[] = [];
  /** What is wrong with the configuration, or left out. */
  readonly problems: string[] = [];
  readonly #grpc = new Server();
  readonly #xds: XdsServer;
  readonly #snapshots = new Map<string, { readonly push: number; readonly snapshot: Snapshot }>();
  #setup: EnvoySetup;
  #model: Model;
  #push = 0;
  #wanted = 0;

  private constructor(setup: EnvoySetup) {
    this.#setup = setup;
    this.#model = this.#makeModel();
    this.#xds = createXdsServer({
      env: realEnv(),
      limits: { quietMillis: 1 },
      observer: {
        rejected: (kind, proxy, message) => this.rejections.push(`${proxy} ${kind}: ${message}`),
        inconsistent: (message) => this.rejections.push(message),
      },
      refresh: (change) => {
        this.#model = this.#makeModel();
        this.#push = this.#wanted;
        return change;
      },
      snapshotFor: (node) => {
        const known = this.#snapshots.get(node.id);
        if (known?.push === this.#push) return known.snapshot;
        const { build = {}, adjust, proxy = proxyOfNode(node) } = this.#setup;
        const onProblem = (message: string): void => void this.problems.push(message);
        const options = { ...build, onProblem, version: String(this.#push) };
        const made = buildEnvoySnapshot(this.#model.viewFor(proxy), options);
        const snapshot = adjust === undefined ? made : adjusted(made, adjust);
        this.#snapshots.set(node.id, { push: this.#push, snapshot });
        return snapshot;
      },
    });
    addXdsService(this.#grpc, this.#xds);
  }

  /** Starts one on a port, or on any that is free. */
  static async start(setup: EnvoySetup, port = 0): Promise<EnvoyPilot & { readonly port: number }> {
    const pilot = new EnvoyPilot(setup);
    const bound = await bind(pilot.#grpc, port);
    return Object.assign(pilot, { port: bound.port });
  }

  /** Takes up other configuration. */
  set(setup: EnvoySetup): void {
    this.#setup = setup;
    this.#wanted += 1;
    this.problems.length = 0;
    this.#xds.notify({ kind: 'full' });
  }

  /** Whether an Envoy has all that there is for it, routes of its listeners included, and has said so. */
  isSettled(proxy: string): boolean {
    const snapshot = this.#snapshots.get(proxy)?.snapshot;
    const status = this.#xds.proxies().find(({ id }) => id === proxy);
    if (snapshot === undefined || status === undefined || this.#push !== this.#wanted) return false;
    const listeners = [...snapshot.listener.keys()].flatMap((name) => snapshot.listener.get(name) ?? []);
    const routes = new Set(listeners.flatMap(({ references }) => references.filter(({ kind }) => kind === 'route')));
    const wanted = { route: new Set([...routes].map(({ name }) => name)).size, listener: listeners.length };
    // Listeners that are at their end keep their routes for a while.
    return (
      status.kinds.every(({ sent, acked }) => sent === acked) &&
      Object.entries(wanted).every(
        ([kind, count]) => (status.kinds.find((one) => one.kind === kind)?.resources ?? 0) >= count,
      )
    );
  }

  stop(): void {
    this.#xds.close();
    this.#grpc.forceShutdown();
  }

  #makeModel(): Model {
    const store = storeOf(this.#setup.yaml);
    const { resources } = store.current();
    const model = createModel({ resources, registries: [createFileRegistry(store)] });
    this.problems.push(...model.diagnostics.map(formatDiagnostic));
    return model;
  }
}

function adjusted(snapshot: Snapshot, adjust: NonNullable<EnvoySetup['adjust']>): Snapshot {
  const mapOf = (kind: 'cluster' | 'listener'): Snapshot['cluster'] => {
    const names = [...snapshot[kind].keys()];
    return new Map(names.map((name) => [name, adjust(kind, snapshot[kind].get(name)!)]));
  };
  return { ...snapshot, cluster: mapOf('cluster'), listener: mapOf('listener') };
}

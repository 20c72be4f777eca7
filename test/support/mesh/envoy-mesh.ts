import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { after } from 'node:test';
import { Cluster, Cluster_DiscoveryType } from '../../../src/gen/envoy/config/cluster/v3/cluster.js';
import { Listener } from '../../../src/gen/envoy/config/listener/v3/listener.js';
import { Any } from '../../../src/gen/google/protobuf/any.js';
import type { EnvoyOptions } from '../../../src/pilot/build/envoy/index.js';
import type { Proxy as ModelProxy } from '../../../src/pilot/index.js';
import { createResource, type XdsResource } from '../../../src/pilot/xds/index.js';
import type { Proxy } from '../../../src/proxy/index.js';
import { TestEnvoy } from '../envoy.js';
import { eventually } from '../peer.js';
import { EnvoyPilot, type EnvoySetup } from './envoy-pilot.js';
import { ownPorts } from './port-range.js';
import type { TestMesh } from './test-mesh.js';
import { TestProxy } from './test-proxy.js';

/** How an Envoy is told of a mesh. */
export interface EnvoyMeshOptions {
  readonly type?: 'sidecar' | 'router';
  readonly build?: EnvoyOptions;
  /** Real ports in place of what a configuration names, by `host:port`. */
  readonly ports?: Readonly<Record<string, number>>;
  /** Its virtual listeners are told by PROXY headers where connections were for: nothing redirects them here. */
  readonly isDirect?: boolean;
  readonly protocol?: 'sotw' | 'delta';
  /** Whom Envoy stands for. */
  readonly proxy?: ModelProxy;
  /** What Pilot is expected to tell of. */
  readonly told?: RegExp;
  /** Where the workload runs; it is none of the services when left out. */
  readonly ip?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly locality?: Readonly<Record<string, string>>;
  readonly drainSeconds?: number;
}

// More than any mesh of a test has listeners.
const PORTS = 32;

/** One Envoy that is told one mesh after the other, and never refuses anything. */
export class EnvoyMesh {
  readonly id: string;
  readonly #options: EnvoyMeshOptions;
  /** Real ports, and which configured one has which. */
  readonly #free: number[] = [];
  readonly #bound = new Map<number, number>();
  #pilot: (EnvoyPilot & { readonly port: number }) | undefined;
  #envoy: TestEnvoy | undefined;
  #proxy: TestProxy | undefined;
  #setup: EnvoySetup | undefined;

  constructor(
    readonly mesh: TestMesh,
    options: EnvoyMeshOptions = {},
  ) {
    this.#options = options;
    this.id = `${options.type ?? 'sidecar'}~${options.ip ?? '10.9.9.9'}~a.default~default.svc.cluster.local`;
    after(() => this.#stop());
  }

  get pilot(): EnvoyPilot {
    assert(this.#pilot !== undefined, 'Pilot is running');
    return this.#pilot;
  }

  get envoy(): TestEnvoy {
    assert(this.#envoy !== undefined, 'Envoy is running');
    return this.#envoy;
  }

  /** Tells Envoy of a mesh, which must be without a mistake, and waits until it has taken it up. */
  async start(yaml: string, options: EnvoyMeshOptions = {}): Promise<TestProxy> {
    this.#free.push(...(await ownPorts(PORTS - this.#free.length)));
    const { ports = {}, build, isDirect = false, told, proxy } = options;
    const bindPort = (port: number): number => this.portOf(port);
    this.#setup = {
      yaml,
      proxy,
      build: { ...onLoopback, bindPort, ...this.#options.build, ...build },
      adjust(kind, resource) {
        if (kind === 'cluster') return atStandIns(resource, ports);
        return isDirect && resource.name.startsWith('virtual') ? takingProxyHeaders(resource) : resource;
      },
    };
    if (this.#pilot === undefined) {
      this.#pilot = await EnvoyPilot.start(this.#setup);
      const { labels = {}, locality = {}, protocol = 'sotw', drainSeconds = 0 } = this.#options;
      const node = { id: this.id, metadata: { LABELS: labels }, locality, protocol, drainSeconds };
      this.#envoy = await TestEnvoy.start(mkdtempSync(join(this.mesh.folder, 'envoy-')), node, this.#pilot.port);
    } else this.#pilot.set(this.#setup);
    await this.settled();
    const problems = this.pilot.problems.filter((problem) => told?.test(problem) !== true);
    assert.deepEqual(problems, []);
    this.#proxy ??= new TestProxy(
      { addresses: () => this.#addresses(), close: () => Promise.resolve() } as never,
      (text) => this.start(text, options).then(() => undefined),
    );
    return this.#proxy;
  }

  /** Ends Pilot, and starts another one that knows nothing of the first. */
  async restartPilot(meanwhile: () => Promise<void>): Promise<void> {
    const { port } = this.#pilot!;
    this.assertSound();
    this.pilot.stop();
    await meanwhile();
    this.#pilot = await EnvoyPilot.start(this.#setup!, port);
    await this.settled();
  }

  /** Waits until Envoy has what Pilot has for it, and has it ready. */
  async settled(): Promise<void> {
    await eventually(async () => {
      this.envoy.assertRunning();
      // What is refused will not be ready later, either.
      if (this.pilot.rejections.length > 0) return true;
      const isDone = this.pilot.isSettled(this.id) && !(await this.envoy.trouble()).isWarming;
      return isDone ? true : undefined;
    }).catch(async (error: unknown) => {
      const { isWarming } = await this.envoy.trouble();
      throw new Error(
        `Envoy ${isWarming ? 'is not ready' : 'was not told all'}: ${this.envoy.complaints().join('\n')}`,
        { cause: error },
      );
    });
    this.assertSound();
  }

  /** Envoy has refused nothing of what it was told. */
  assertSound(): void {
    assert.deepEqual(this.pilot.rejections, []);
  }

  /** The real port in place of a configured one. */
  portOf(port: number): number {
    const known = this.#bound.get(port);
    if (known !== undefined) return known;
    const free = this.#free.pop();
    assert(free !== undefined, 'there are ports left');
    this.#bound.set(port, free);
    return free;
  }

  #addresses(): ReturnType<Proxy['addresses']> {
    const listeners = [...this.#bound].flatMap(([port, real]) =>
      ['127.0.0.1', '0.0.0.0'].map((address) => [`${address}_${port}`, { address, port: real }] as const),
    );
    return new Map(listeners) as never;
  }

  async #stop(): Promise<void> {
    this.#pilot?.stop();
    await this.#proxy?.close();
    await this.#envoy?.stop();
  }
}

const onLoopback: EnvoyOptions = {
  interception: 'none',
  gatewayAddress: '127.0.0.1',
  outboundAddress: '127.0.0.1',
  inboundAddress: '127.0.0.1',
};

/** With headers in place of what iptables would tell. */
function takingProxyHeaders(resource: XdsResource): XdsResource {
  const listener = Listener.decode(Any.decode(resource.any).value);
  const typeUrl = 'type.googleapis.com/envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol';
  const typedConfig = { typeUrl, value: Buffer.alloc(0) };
  listener.listenerFilters.unshift({ name: 'envoy.filters.listener.proxy_protocol', typedConfig });
  const value = Listener.encode(listener).finish();
  return createResource('listener', listener.name, { value, references: resource.references });
}

/** With stand-ins in place of other machines' ports. */
function atStandIns(resource: XdsResource, ports: Readonly<Record<string, number>>): XdsResource {
  if (Object.keys(ports).length === 0) return resource;
  const cluster = Cluster.decode(Any.decode(resource.any).value);
  for (const place of cluster.loadAssignment?.endpoints.flatMap(({ lbEndpoints }) => lbEndpoints) ?? []) {
    const socket = place.endpoint?.address?.socketAddress;
    const real = ports[`${socket?.address}:${socket?.portValue}`];
    if (socket === undefined || real === undefined) continue;
    Object.assign(socket, { address: '127.0.0.1', portValue: real });
  }
  const isLookedUp = cluster.type === Cluster_DiscoveryType.STRICT_DNS;
  const names = cluster.loadAssignment?.endpoints.flatMap(({ lbEndpoints }) => lbEndpoints) ?? [];
  const isFixed = names.every(({ endpoint }) => isIP(endpoint?.address?.socketAddress?.address ?? '') > 0);
  if (isLookedUp && isFixed) cluster.type = Cluster_DiscoveryType.STATIC;
  return createResource('cluster', cluster.name, {
    value: Cluster.encode(cluster).finish(),
    references: resource.references,
  });
}

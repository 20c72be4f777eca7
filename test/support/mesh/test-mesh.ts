import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import type { TlsOptions } from 'node:tls';
import { openStore } from '../../../src/config/index.js';
import type { Endpoint, Locality } from '../../../src/gen/fairlead/proxy/v1/cluster.js';
import type { ProxyConfig } from '../../../src/gen/fairlead/proxy/v1/config.js';
import { type BuildOptions, buildProxyConfig, createFileRegistry, createModel } from '../../../src/pilot/index.js';
import type { ProxyEnv } from '../../../src/proxy/env.js';
import { createProxy, systemEnv, systemUpstreamEnv } from '../../../src/proxy/index.js';
import type { UpstreamEnv } from '../../../src/proxy/upstream/env.js';
import { formatDiagnostic } from '../../../src/util/diagnostics.js';
import { proxyOf } from '../../pilot/support.js';
import { ConfigGiver } from '../control-plane.js';
import { MemoryLog } from '../memory-log.js';
import { TestProxy } from './test-proxy.js';
import { type StandIn, startFastStandIn, startStandIn, startTcpStandIn } from './stand-in.js';

/** How a proxy of a test differs from one that `fairlead proxy` starts. */
export interface TestProxyOptions {
  readonly proxy?: Parameters<typeof proxyOf>[0];
  readonly build?: BuildOptions;
  readonly env?: Partial<ProxyEnv>;
  readonly upstreamEnv?: Partial<UpstreamEnv>;
  /** Real ports in place of what a configuration names, by `host:port`: the test may not listen to 443. */
  readonly ports?: Readonly<Record<string, number>>;
  /** Where names of other hosts lead; all that is not here is unknown. */
  readonly hosts?: Readonly<Record<string, readonly string[]>>;
}

/** Services and proxies of one suite; all ends with it. */
export class TestMesh {
  /** For certificates and configuration. */
  readonly folder = mkdtempSync(join(tmpdir(), 'fairlead-mesh-'));
  readonly #giver = new ConfigGiver();
  readonly #closing: (() => Promise<unknown>)[] = [() => this.#giver.close()];

  constructor() {
    after(async () => {
      for (const close of this.#closing.reverse()) await close();
      rmSync(this.folder, { recursive: true, force: true });
    });
  }

  async http(name: string, tls?: TlsOptions): Promise<StandIn> {
    return this.#keep(await startStandIn(name, tls));
  }

  /** One for many requests, of which it remembers nothing. */
  async fast(name: string): Promise<StandIn> {
    return this.#keep(await startFastStandIn(name));
  }

  async tcp(name: string): Promise<StandIn> {
    return this.#keep(await startTcpStandIn(name));
  }

  /** A proxy on a folder with this text, composed as `fairlead proxy` composes it; on free ports. */
  async proxy(yaml: string, options: TestProxyOptions = {}): Promise<TestProxy> {
    const configDir = mkdtempSync(join(this.folder, 'config-'));
    const file = join(configDir, 'config.yaml');
    writeFileSync(file, yaml);
    const log = new MemoryLog();
    const store = openStore(`fs://${encodeURI(configDir)}`, { defaultNamespace: 'default', log });
    await store.start();
    this.#closing.push(() => store.close());
    const registries = [createFileRegistry(store)];
    const build = (): ProxyConfig => {
      const { resources, diagnostics } = store.current();
      const model = createModel({ resources, registries });
      assert.deepEqual([...diagnostics, ...model.diagnostics].map(formatDiagnostic), []);
      const made = buildProxyConfig(model, proxyOf(options.proxy), { ...options.build, bindPort: () => 0 });
      return atStandIns(made, options.ports);
    };
    const { hosts = {} } = options;
    const proxy = createProxy({
      env: { ...systemEnv(log), ...options.env },
      upstreamEnv: {
        ...systemUpstreamEnv(),
        resolveDns: (name) =>
          Object.hasOwn(hosts, name) ? Promise.resolve(hosts[name]!) : Promise.reject(new Error(`${name} is unknown`)),
        ...options.upstreamEnv,
      },
      makeTransport: () => assert.fail('there is no Mixer'),
      openLog: () => ({ write: () => undefined }),
      drainMillis: 10,
    });
    const apply = await this.#giver.for(proxy);
    const made = new TestProxy(proxy, async (text) => {
      const changed = new Promise<void>((resolve) => {
        const stop = store.onChange(() => {
          stop();
          resolve();
        });
      });
      writeFileSync(file, text);
      await changed;
      assert.deepEqual(await apply(build()), []);
    });
    this.#closing.push(() => made.close());
    assert.deepEqual(await apply(build()), []);
    return made;
  }

  #keep(standIn: StandIn): StandIn {
    this.#closing.push(() => standIn.close());
    return standIn;
  }
}

/** Without a Mixer, and with stand-ins in place of ports that are not a test's to take. */
function atStandIns(config: ProxyConfig, ports: Readonly<Record<string, number>> = {}): ProxyConfig {
  const endpoint = (one: Endpoint): Endpoint => ({ ...one, port: ports[`${one.address}:${one.port}`] ?? one.port });
  const move = <T extends { localities: Locality[] }>(holder: T): T => ({
    ...holder,
    localities: holder.localities.map((one) => ({ ...one, endpoints: one.endpoints.map(endpoint) })),
  });
  return {
    ...config,
    clusters: config.clusters.map(move),
    endpoints: config.endpoints.map(move),
    mixer: undefined,
  };
}

import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { eventually, peer } from './peer.js';
import { Program } from './program.js';

/** Whether a stock Envoy is here. */
export const envoyPeer = peer('envoy', 'scripts/peers.sh');

/** What an Envoy says of itself to Pilot. */
export interface EnvoyNode {
  readonly id: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly locality?: Readonly<Record<string, string>>;
  /** Whether it wants to hear of changes alone, or of the state of the world each time. */
  readonly protocol?: 'sotw' | 'delta';
  /** How long connections of a listener that goes may stay; 0 when left out. */
  readonly drainSeconds?: number;
}

/** A stock Envoy that knows nothing but where Pilot is. */
export class TestEnvoy {
  readonly #program: Program;
  readonly #adminPort: number;

  private constructor(program: Program, adminPort: number) {
    this.#program = program;
    this.#adminPort = adminPort;
  }

  /** Starts one with its files in a folder. */
  static async start(folder: string, node: EnvoyNode, xdsPort: number): Promise<TestEnvoy> {
    const [config, admin] = [join(folder, 'bootstrap.json'), join(folder, 'admin')];
    writeFileSync(config, JSON.stringify(bootstrap(node, xdsPort)));
    const options = ['--concurrency', '1', '--use-dynamic-base-id', '--disable-hot-restart', '--log-level', 'warning'];
    const drain = ['--drain-time-s', String(node.drainSeconds ?? 0), '--drain-strategy', 'immediate'];
    const program = new Program('envoy', ['-c', config, '--admin-address-path', admin, ...options, ...drain]);
    try {
      const port = await eventually(() => {
        program.assertRunning();
        return Promise.resolve(portIn(admin));
      });
      return new TestEnvoy(program, port);
    } catch (error) {
      await program.stop('SIGKILL');
      throw error;
    }
  }

  /** Warnings and errors, but for those that tests bring about. */
  complaints(): readonly string[] {
    return this.#program.output.split('\n').filter((line) => line !== '' && !expected.test(line));
  }

  assertRunning(): void {
    this.#program.assertRunning();
  }

  /** Asks its administration. */
  async admin(path: string): Promise<string> {
    const asked = get({ host: '127.0.0.1', port: this.#adminPort, path, agent: false });
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    let text = '';
    for await (const chunk of response) text += String(chunk);
    return text;
  }

  /** Counters and gauges by name, as far as they fit. */
  async stats(filter: string): Promise<ReadonlyMap<string, number>> {
    const text = await this.admin(`/stats?filter=${encodeURIComponent(filter)}`);
    const lines = text.split('\n').flatMap((line) => {
      const [, name, value] = /^(.*): (\d+)$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, Number(value)] as const];
    });
    return new Map(lines);
  }

  /** What it refused; and what it has still to make ready. */
  async trouble(): Promise<{ readonly rejected: readonly string[]; readonly isWarming: boolean }> {
    const stats = await this.stats('update_rejected$|warming|draining$|(update_failure$)');
    const found = [...stats].filter(([, value]) => value > 0).map(([name]) => name);
    return {
      rejected: found.filter((name) => name.endsWith('update_rejected')),
      // Until then connections may still meet what was there before.
      isWarming: found.some((name) => /(warming|warming_clusters|_draining)$/.test(name)),
    };
  }

  async stop(): Promise<void> {
    await this.#program.stop('SIGKILL');
  }
}

// How it is started; fields that older Envoys want; the end of a Pilot.
const expected = /no configured limit to the number of allowed|Deprecated field|config stream to pilot closed/;

function portIn(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8').split(':').at(-1)) || undefined;
  } catch {
    // It is not there yet.
    return undefined;
  }
}

function bootstrap({ id, metadata = {}, locality = {}, protocol = 'sotw' }: EnvoyNode, xdsPort: number): unknown {
  const fromAds = { ads: {}, resource_api_version: 'V3' };
  const address = (port: number) => ({ socket_address: { address: '127.0.0.1', port_value: port } });
  const http2 = {
    '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
    explicit_http_config: { http2_protocol_options: {} },
  };
  const endpoints = [{ lb_endpoints: [{ endpoint: { address: address(xdsPort) } }] }];
  const pilot = {
    name: 'pilot',
    type: 'STATIC',
    connect_timeout: '1s',
    typed_extension_protocol_options: { 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': http2 },
    load_assignment: { cluster_name: 'pilot', endpoints },
  };
  // A test must not wait for as long as people would.
  const backOff = { retry_back_off: { base_interval: '0.05s', max_interval: '0.2s' } };
  return {
    node: { id, cluster: 'test', metadata, locality },
    admin: { address: address(0) },
    dynamic_resources: {
      ads_config: {
        api_type: protocol === 'delta' ? 'DELTA_GRPC' : 'GRPC',
        transport_api_version: 'V3',
        grpc_services: [{ envoy_grpc: { cluster_name: 'pilot', retry_policy: backOff } }],
      },
      cds_config: fromAds,
      lds_config: fromAds,
    },
    static_resources: { clusters: [pilot] },
  };
}

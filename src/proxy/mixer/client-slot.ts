import { createMixerClient, type MixerCalls, type MixerClient, type Transport } from '../../client/index.js';
import { MixerTransport } from '../../gen/fairlead/proxy/v1/mixer.js';
import type { ProxyEnv } from '../env.js';
import { toClientOptions } from './client-config.js';
import { clientTime } from './client-time.js';

/** Makes the way to a Mixer: to a cluster, or with an empty name into this process. */
export type MakeTransport = (cluster: string) => Transport;

/** The client of a proxy: with its caches it lives on as long as its configuration stays the same. */
export class ClientSlot {
  readonly #make: MakeTransport;
  readonly #env: ProxyEnv;
  readonly #calls: MixerCalls;
  /** Former clients that still send what they have. */
  readonly #leaving = new Map<MixerClient, Promise<void>>();
  /** What clients counted that are gone. */
  readonly #past = new Map<string, number>();
  #client: MixerClient | undefined;
  #bytes = Buffer.alloc(0);

  constructor(make: MakeTransport, env: ProxyEnv) {
    this.#make = make;
    this.#env = env;
    this.#calls = {
      check: (attributes, options) => this.#client?.check(attributes, options) ?? unchecked,
      report: (attributes) => this.#client?.report(attributes),
    };
  }

  /**
   * Undefined when there is no Mixer. Else always the same, which goes to the client of the time: what began with a
   * former one, such as a connection of days, is reported through the present one.
   */
  get client(): MixerCalls | undefined {
    return this.#client === undefined ? undefined : this.#calls;
  }

  /** What all clients have counted, the former ones too, so that no counter falls. */
  statistics(): Readonly<Record<string, number>> {
    const sum = new Map(this.#past);
    for (const client of this.#leaving.keys()) add(sum, client);
    if (this.#client !== undefined) add(sum, this.#client);
    return Object.fromEntries(sum);
  }

  /** Takes a configuration up; the former client sends what it has, answers who waits for it, and ends. */
  apply(config: MixerTransport | undefined): void {
    const bytes = Buffer.from(config === undefined ? [] : [1, ...MixerTransport.encode(config).finish()]);
    if (bytes.equals(this.#bytes)) return;
    const next = config && this.#create(config);
    this.#retire();
    this.#client = next;
    this.#bytes = bytes;
  }

  async close(): Promise<void> {
    this.#retire();
    this.#bytes = Buffer.alloc(0);
    await Promise.all(this.#leaving.values());
  }

  #retire(): void {
    const client = this.#client;
    if (client === undefined) return;
    this.#client = undefined;
    const gone = client.close().then(() => {
      this.#leaving.delete(client);
      add(this.#past, client);
    });
    this.#leaving.set(client, gone);
  }

  #create(config: MixerTransport): MixerClient {
    const { checkCluster, reportCluster } = config;
    const separate = reportCluster !== '' && reportCluster !== checkCluster;
    return createMixerClient({
      ...toClientOptions(config),
      transport: this.#make(checkCluster),
      ...(separate ? { reportTransport: this.#make(reportCluster) } : {}),
      time: clientTime(this.#env),
      random: this.#env.random,
      onReportFailure: ({ message }, failures) => {
        this.#env.log.warn('reports to mixer failed', { failures, error: message });
      },
    });
  }
}

/** Without a Mixer every request may pass. */
const unchecked = {
  status: { code: 0, message: '' },
  directive: undefined,
  checkCacheHit: false,
  quotaCacheHit: false,
} as const;

function add(sum: Map<string, number>, client: MixerClient): void {
  for (const [name, count] of Object.entries(client.statistics())) sum.set(name, (sum.get(name) ?? 0) + count);
}

import { createMixerClient, type MixerClient, type Transport } from '../../client/index.js';
import { MixerTransport } from '../../gen/fairlead/proxy/v1/mixer.js';
import { toClientOptions } from './client-config.js';

/** Makes the way to a Mixer: to a cluster, or with an empty name into this process. */
export type MakeTransport = (cluster: string) => Transport;

/** The client of a proxy: with its caches it lives on as long as its configuration stays the same. */
export class ClientSlot {
  readonly #make: MakeTransport;
  #client: MixerClient | undefined;
  #bytes = Buffer.alloc(0);

  constructor(make: MakeTransport) {
    this.#make = make;
  }

  /** Undefined when there is no Mixer. */
  get client(): MixerClient | undefined {
    return this.#client;
  }

  /** Takes a configuration up; the former client sends what it has and ends. */
  apply(config: MixerTransport | undefined): void {
    const bytes = Buffer.from(config === undefined ? [] : [1, ...MixerTransport.encode(config).finish()]);
    if (bytes.equals(this.#bytes)) return;
    const former = this.#client;
    this.#bytes = bytes;
    this.#client = config && this.#create(config);
    void former?.close();
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    this.#bytes = Buffer.alloc(0);
    await client?.close();
  }

  #create(config: MixerTransport): MixerClient {
    const { checkCluster, reportCluster } = config;
    const separate = reportCluster !== '' && reportCluster !== checkCluster;
    return createMixerClient({
      ...toClientOptions(config),
      transport: this.#make(checkCluster),
      ...(separate ? { reportTransport: this.#make(reportCluster) } : {}),
    });
  }
}

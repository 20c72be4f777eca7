import { Locality } from '../../gen/fairlead/proxy/v1/cluster.js';
import type { Address } from '../http/message.js';
import { Endpoint, type EndpointContext } from './endpoint.js';
import type { UpstreamEnv } from './env.js';

// As often as Envoy looks for hosts that nobody uses.
const sweepMillis = 5000;

interface Entry {
  readonly endpoint: Endpoint;
  /** Since the last look. */
  wasUsed: boolean;
}

/** Endpoints that are made for whoever wants to go there, and dropped when nobody does any more. */
export class OriginalDestinations {
  readonly #context: EndpointContext;
  readonly #entries = new Map<string, Entry>();
  readonly #cancel: () => void;
  #isClosed = false;

  constructor(context: EndpointContext, env: UpstreamEnv) {
    this.#context = context;
    this.#cancel = env.schedule.every(sweepMillis, () => this.#sweep());
  }

  get endpoints(): readonly Endpoint[] {
    return [...this.#entries.values()].map(({ endpoint }) => endpoint);
  }

  pick({ host, port }: Address): Endpoint {
    const key = `${host}:${port}`;
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      const message = { address: host, port, weight: 1, labels: {}, uid: '' };
      const endpoint = new Endpoint({ endpoint: message, locality: Locality.create() }, this.#context);
      this.#entries.set(key, (entry = { endpoint, wasUsed: true }));
      this.#context.stats.membership_change++;
      // Nobody would look for it any more.
      if (this.#isClosed) void endpoint.drain();
    }
    entry.wasUsed = true;
    return entry.endpoint;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancel();
    await Promise.all(this.endpoints.map((endpoint) => endpoint.drain()));
  }

  #sweep(): void {
    for (const [key, entry] of this.#entries) {
      if (!entry.wasUsed && entry.endpoint.active === 0) {
        this.#entries.delete(key);
        void entry.endpoint.drain();
        this.#context.stats.membership_change++;
      }
      entry.wasUsed = false;
    }
  }
}

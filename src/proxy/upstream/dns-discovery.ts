import { isIP } from 'node:net';
import type { Locality } from '../../gen/fairlead/proxy/v1/cluster.js';
import type { ClusterStats } from './cluster-stats.js';
import type { UpstreamEnv } from './env.js';

/** What names stand for, kept beyond the configuration that asked, so that a changed cluster has endpoints at once. */
export type KnownAddresses = Map<string, readonly string[]>;

export interface DnsOptions {
  readonly localities: readonly Locality[];
  readonly refreshMillis: number;
  readonly known: KnownAddresses;
  readonly env: UpstreamEnv;
  readonly stats: ClusterStats;
  /** Hears of the localities with addresses in place of names, whenever they change. */
  readonly onChange: (localities: readonly Locality[]) => void;
}

/** Looks names up again and again. A name that cannot be looked up keeps the addresses that it had. */
export class DnsDiscovery {
  /** Each name has been looked up, or could not be. */
  readonly ready: Promise<void>;
  readonly #options: DnsOptions;
  readonly #names: readonly string[];
  readonly #cancel: () => void;
  #isLooking = false;
  #isClosed = false;

  constructor(options: DnsOptions) {
    this.#options = options;
    const addresses = options.localities.flatMap(({ endpoints }) => endpoints.map(({ address }) => address));
    this.#names = [...new Set(addresses.filter(isName))];
    this.#publish();
    this.ready = this.#refresh();
    this.#cancel = options.env.schedule.every(options.refreshMillis, () => void this.#refresh());
  }

  close(): void {
    this.#isClosed = true;
    this.#cancel();
  }

  async #refresh(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const changes = await Promise.all(this.#names.map((name) => this.#lookUp(name)));
    this.#isLooking = false;
    if (changes.includes(true) && !this.#isClosed) this.#publish();
  }

  /** True when the addresses are not those of the last time. */
  async #lookUp(name: string): Promise<boolean> {
    const { env, stats, known } = this.#options;
    stats.update_attempt++;
    try {
      const addresses = usable(await env.resolveDns(name));
      stats.update_success++;
      if (addresses.length === 0) stats.update_empty++;
      const before = known.get(name);
      known.set(name, addresses);
      return before?.join() !== addresses.join();
    } catch {
      // Name servers fail now and then; endpoints should not for that.
      stats.update_failure++;
      return false;
    }
  }

  #publish(): void {
    const { localities, known, onChange } = this.#options;
    onChange(
      localities.map((locality) => ({
        ...locality,
        endpoints: locality.endpoints.flatMap((endpoint) => {
          const addresses = isName(endpoint.address) ? (known.get(endpoint.address) ?? []) : [endpoint.address];
          return addresses.map((address) => ({ ...endpoint, address }));
        }),
      })),
    );
  }
}

/**
 * Those of IPv4, unless there are none, as Istio has it: where nothing leads to addresses of IPv6, each request that went to
 * one would fail.
 */
function usable(addresses: readonly string[]): string[] {
  const old = addresses.filter((address) => isIP(address) === 4);
  return [...new Set(old.length > 0 ? old : addresses)].sort();
}

function isName(address: string): boolean {
  return isIP(address) === 0 && !address.startsWith('unix://');
}

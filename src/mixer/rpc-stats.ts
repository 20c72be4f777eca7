import { rpcCode } from '../sdk/index.js';

// OpenCensus' default bounds, which dashboards of Mixer expect (mixer-core.md 6.11). Milliseconds.
const latencyBounds = [
  0.01, 0.05, 0.1, 0.3, 0.6, 0.8, 1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 30, 40, 50, 65, 80, 100, 130, 160, 200, 250,
  300, 400, 500, 650, 800, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000,
];
const byteBounds = [1, 2, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304].map(
  (k) => k * 1024,
);
const statusNames = Object.keys(rpcCode);

/** Counts of one distribution: plain numbers, so that observing costs a search among the bounds and no allocation. */
export class Distribution {
  readonly counts: number[];
  sum = 0;
  count = 0;

  /** `bounds` are upper bounds, ascending; values above the last go to an overflow bucket. */
  constructor(readonly bounds: readonly number[]) {
    this.counts = new Array<number>(bounds.length + 1).fill(0);
  }

  observe(value: number): void {
    let at = 0;
    while (at < this.bounds.length && value > this.bounds[at]!) at++;
    this.counts[at]!++;
    this.sum += value;
    this.count++;
  }
}

/** What has been served of one RPC. Filled on the request path, rendered when the monitoring port is scraped. */
export class RpcStats {
  readonly #completed = new Array<number>(statusNames.length).fill(0);
  /** Values that named a word which does not exist, read as absent (mixer-core.md 1.5). */
  unresolved = 0;
  readonly latency = new Distribution(latencyBounds);
  readonly received = new Distribution(byteBounds);
  readonly sent = new Distribution(byteBounds);

  /** `method` without the leading slash, for example `istio.mixer.v1.Mixer/Check`. */
  constructor(readonly method: string) {}

  /** Counts one call by its gRPC status and duration. */
  complete(status: number, millis: number): void {
    const at = status < this.#completed.length ? status : rpcCode.UNKNOWN;
    this.#completed[at]!++;
    this.latency.observe(millis);
  }

  /** Calls by the name of their gRPC status; statuses that never occurred are left out. */
  *completed(): IterableIterator<[status: string, count: number]> {
    for (const [at, count] of this.#completed.entries()) if (count > 0) yield [statusNames[at] ?? 'UNKNOWN', count];
  }
}

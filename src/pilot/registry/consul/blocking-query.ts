import type { Timing } from '../../../kube/index.js';
import type { ConsulApi } from './consul-api.js';

const firstRetryMillis = 500;
const lastRetryMillis = 30_000;
/** Between two answers: a server that always has news is not asked more often. */
const restMillis = 100;
/** Between two answers of a server that cannot wait. */
const pollMillis = 2000;

/** What asks and who listens. */
export interface QueryOptions {
  readonly api: ConsulApi;
  readonly timing: Timing;
  readonly path: string;
  readonly onValue: (value: unknown) => void;
  /** Is told of each failure; it is tried again with growing pauses. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * One question that is asked again and again, each time for news since the last answer, as Consul's documentation of
 * blocking queries has it.
 */
export class BlockingQuery {
  #index = 0;
  #failures = 0;
  #asking: AbortController | undefined;

  constructor(private readonly options: QueryOptions) {}

  /** Asks once; gives how long to rest before the next time. Never rejects. */
  async ask(waitMillis: number): Promise<number> {
    const { api, timing, path, onValue, onFailure } = this.options;
    const asking = new AbortController();
    this.#asking = asking;
    try {
      const { value, index } = await api.get({ path, index: this.#index, waitMillis, signal: asking.signal });
      if (asking.signal.aborted) return 0;
      // An index that goes back is that of a server that was restored: only a fresh start tells what it has.
      this.#index = index < this.#index ? 0 : index;
      onValue(value);
      this.#failures = 0;
      return this.#rest(index);
    } catch (error) {
      if (asking.signal.aborted) return 0;
      this.#index = 0;
      this.#failures += 1;
      onFailure(error);
      return retryMillis(this.#failures, timing);
    } finally {
      this.#asking = undefined;
    }
  }

  /** Ends what is being asked, without an answer. */
  interrupt(): void {
    this.#asking?.abort();
  }

  #rest(index: number): number {
    const millis = index === 0 ? pollMillis : restMillis;
    return millis * (0.5 + 0.5 * this.options.timing.random());
  }
}

/** Between half and all of a pause that doubles up to a bound. */
function retryMillis(failures: number, timing: Timing): number {
  const full = Math.min(lastRetryMillis, firstRetryMillis * 2 ** Math.min(failures - 1, 20));
  return full * (0.5 + 0.5 * timing.random());
}

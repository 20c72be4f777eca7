import type { Bag } from '../attributes/index.js';
import type { Lease, Reporter } from '../runtime/index.js';
import { rpcCode } from '../sdk/index.js';
import { MixerError } from '../util/errors.js';
import { ReportDecoder } from './api/index.js';
import type { CallOptions } from './check-call.js';
import { toRpcError } from './rpc-status.js';

// A ReportResponse has no fields.
const emptyResponse = Buffer.alloc(0);

/** One Report under way. */
interface Pending {
  readonly lease: Lease;
  readonly bag: Bag;
  readonly decoder: ReportDecoder;
  readonly reporter: Reporter;
  /** Why sets were left out. */
  readonly failures: string[];
  readonly start: number;
}

/**
 * Answers Report (mixer-core.md 1.7): takes the attribute sets one after the other and delivers what they gave, at once
 * when all adapters answer at once. What fails in one set does not stop the others.
 */
export class ReportCall {
  readonly #options: CallOptions;

  constructor(options: CallOptions) {
    this.#options = options;
  }

  /** Throws or rejects with RpcError when anything failed; the rest has been delivered nevertheless. */
  answer(request: Buffer): Buffer | Promise<Buffer> {
    const { runtime, bags, stats } = this.#options;
    const start = performance.now();
    stats.received.observe(request.length);
    const lease = runtime.acquire();
    try {
      const bag = bags.take(lease.vocabulary);
      const decoder = new ReportDecoder(request, lease.vocabulary, { bag });
      const pending = { lease, bag, decoder, reporter: lease.reporter(), failures: [], start };
      const delivered = this.#deliver(pending);
      if (delivered === undefined) return this.#finish(pending);
      return delivered.then(
        () => this.#finish(pending),
        (error: unknown) => this.#fail(error, lease, start),
      );
    } catch (error) {
      return this.#fail(error, lease, start);
    }
  }

  #deliver(pending: Pending): Promise<void> | undefined {
    const { decoder, reporter, failures } = pending;
    for (let set = decoder.next(); set !== undefined; set = decoder.next()) {
      if (set instanceof MixerError) {
        failures.push(set.rawMessage);
        continue;
      }
      this.#options.stats.unresolved += set.brokenValues;
      const added = reporter.add(set);
      if (added !== undefined) return this.#deliverLater(added, pending);
    }
    return flush(pending);
  }

  async #deliverLater(added: Promise<void>, pending: Pending): Promise<void> {
    await added;
    await this.#deliver(pending);
  }

  #finish({ lease, bag, start }: Pending): Buffer {
    const { bags, stats } = this.#options;
    bags.give(bag);
    lease.release();
    stats.complete(rpcCode.OK, performance.now() - start);
    stats.sent.observe(0);
    return emptyResponse;
  }

  // The bag is not used again: what failed may have left it anyhow.
  #fail(cause: unknown, lease: Lease, start: number): never {
    lease.release();
    const error = toRpcError(cause, 'Report');
    this.#options.stats.complete(error.status, performance.now() - start);
    throw error;
  }
}

function flush({ reporter, failures }: Pending): Promise<void> | undefined {
  let flushed: void | Promise<void>;
  try {
    flushed = reporter.flush();
  } catch (error) {
    throw joinFailures(failures, error);
  }
  if (flushed === undefined) {
    if (failures.length > 0) throw joinFailures(failures, undefined);
    return undefined;
  }
  return flushed.then(
    () => {
      if (failures.length > 0) throw joinFailures(failures, undefined);
    },
    (error: unknown) => {
      throw joinFailures(failures, error);
    },
  );
}

/** One error for the sets that were left out and for what their delivery said. */
function joinFailures(failures: readonly string[], cause: unknown): MixerError {
  if (cause !== undefined && failures.length === 0) return MixerError.from(cause);
  const last = cause === undefined ? [] : [MixerError.from(cause).rawMessage];
  return new MixerError('DISPATCH_FAILED', [...failures, ...last].join('\n'), cause);
}

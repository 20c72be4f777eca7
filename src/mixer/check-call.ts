import type { Bag } from '../attributes/index.js';
import type { CheckDecision, Lease, Runtime } from '../runtime/index.js';
import { rpcCode } from '../sdk/index.js';
import { decodeCheckRequest, encodeCheckResponse } from './api/index.js';
import type { BagPool } from './bag-pool.js';
import type { RpcStats } from './rpc-stats.js';
import { toRpcError } from './rpc-status.js';

/** What calls of an RPC share. */
export interface CallOptions {
  readonly runtime: Runtime;
  readonly bags: BagPool;
  readonly stats: RpcStats;
}

/** One Check under way. */
interface Pending {
  readonly lease: Lease;
  readonly bag: Bag;
  readonly globalWordCount: number;
  readonly start: number;
}

/** Answers Check (mixer-core.md 1.6): bytes in, decision, bytes out, at once when all adapters answer at once. */
export class CheckCall {
  readonly #options: CallOptions;

  constructor(options: CallOptions) {
    this.#options = options;
  }

  /** Throws or rejects with RpcError when the call as a whole fails; a denial is an answer. */
  answer(request: Buffer): Buffer | Promise<Buffer> {
    const { runtime, bags, stats } = this.#options;
    const start = performance.now();
    stats.received.observe(request.length);
    const lease = runtime.acquire();
    try {
      const bag = bags.take(lease.vocabulary);
      const decoded = decodeCheckRequest(request, lease.vocabulary, { bag });
      stats.unresolved += bag.brokenValues;
      const pending = { lease, bag, globalWordCount: decoded.globalWordCount, start };
      const decision = lease.check(bag, decoded);
      if (!(decision instanceof Promise)) return this.#finish(decision, pending);
      return decision.then(
        (decided) => this.#finish(decided, pending),
        (error: unknown) => this.#fail(error, lease, start),
      );
    } catch (error) {
      return this.#fail(error, lease, start);
    }
  }

  #finish(decision: CheckDecision, { lease, bag, globalWordCount, start }: Pending): Buffer {
    const { bags, stats } = this.#options;
    const response = encodeCheckResponse(decision, globalWordCount) as Buffer;
    bags.give(bag);
    lease.release();
    stats.complete(rpcCode.OK, performance.now() - start);
    stats.sent.observe(response.length);
    return response;
  }

  // The bag is not used again: what failed may have left it anyhow.
  #fail(cause: unknown, lease: Lease, start: number): never {
    lease.release();
    const error = toRpcError(cause, 'Check');
    this.#options.stats.complete(error.status, performance.now() - start);
    throw error;
  }
}

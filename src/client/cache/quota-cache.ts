import { allowed, rpc } from '../rpc-codes.js';
import type { AttributeSet, CallStatus, QuotaAnswer, QuotaAsk } from '../transport.js';
import { LruMap } from './lru-map.js';
import { Prefetch, type PrefetchWish } from './prefetch.js';
import { Shape } from './shape.js';
import { ShapeTable } from './shape-table.js';

const idleMillis = 600_000;
/** How long a grant is good that does not say so. */
const defaultValidMillis = 60_000;

/** How much of a quota a request needs. */
export interface QuotaRequirement {
  readonly quota: string;
  readonly charge: number;
}

/** What the cache says about the quotas of a request. */
export interface QuotaVerdict {
  /** Undefined when a quota needs the Mixer's word first. */
  readonly status: CallStatus | undefined;
  /** What to ask of the Mixer: before the request may pass, or in the background when there is a status. */
  readonly asks: readonly QuotaAsk[];
  /**
   * Must be called once when the call for `asks` has ended, without an answer when it failed. Gives the status of the
   * quotas that the answer decides.
   */
  settle(answers: ReadonlyMap<string, QuotaAnswer> | undefined, now: number): CallStatus;
}

interface PerQuota {
  readonly shapes: ShapeTable;
  /** Serves until an answer tells what the quota depends on. */
  pending: Prefetch | undefined;
}

/** Amounts of quotas that were granted ahead, by what each quota depends on (mesh.md 1.12). */
export class QuotaCache {
  readonly #elements: LruMap<Prefetch> | undefined;
  readonly #quotas = new Map<string, PerQuota>();

  /** A capacity of 0 asks for every request. */
  constructor(capacity: number) {
    this.#elements = capacity > 0 ? new LruMap({ capacity, idleMillis }) : undefined;
  }

  /**
   * Decides what can be decided here. `useCache` is false while the request itself is not known to be allowed: what is
   * taken from the cache could not be put back.
   */
  check(
    attributes: AttributeSet,
    needs: readonly QuotaRequirement[],
    how: { useCache: boolean; now: number },
  ): QuotaVerdict {
    const elements = how.useCache ? this.#elements : undefined;
    return elements === undefined ? askForAll(needs) : this.#take(attributes, needs, { elements, now: how.now });
  }

  #take(
    attributes: AttributeSet,
    needs: readonly QuotaRequirement[],
    { elements, now }: { elements: LruMap<Prefetch>; now: number },
  ): QuotaVerdict {
    const rejected: string[] = [];
    const wishes = new Map<string, PrefetchWish>();
    for (const { quota, charge } of needs) {
      const { passed, wish } = this.#elementOf(quota, attributes, { elements, now }).check(charge, now);
      if (!passed) rejected.push(quota);
      if (wish !== undefined) wishes.set(quota, wish);
    }
    const status = statusOf(rejected);
    return {
      status,
      asks: [...wishes].map(([name, { amount }]) => ({ name, amount: BigInt(amount), bestEffort: true })),
      settle: (answers, at) => {
        for (const [name, wish] of wishes) {
          const answer = answers?.get(name);
          if (answer !== undefined) this.#learn(name, { attributes, answer, now: at });
          wish.settle(answer === undefined || answer.status.code === rpc.UNAVAILABLE ? undefined : grantOf(answer), at);
        }
        return status;
      },
    };
  }

  #elementOf(
    quota: string,
    attributes: AttributeSet,
    { elements, now }: { elements: LruMap<Prefetch>; now: number },
  ): Prefetch {
    const known = this.#quotaOf(quota);
    const found = known.shapes.find(attributes, elements, now)?.value;
    return found ?? (known.pending ??= new Prefetch());
  }

  #quotaOf(quota: string): PerQuota {
    let known = this.#quotas.get(quota);
    if (known === undefined) this.#quotas.set(quota, (known = { shapes: new ShapeTable(), pending: undefined }));
    return known;
  }

  /** Gives the pending element the place that the answer shows, unless the place is taken. */
  #learn(
    quota: string,
    { attributes, answer, now }: { attributes: AttributeSet; answer: QuotaAnswer; now: number },
  ): void {
    const known = this.#quotaOf(quota);
    if (this.#elements === undefined || known.pending === undefined || answer.dependencies === undefined) return;
    const shape = Shape.of(answer.dependencies, attributes);
    if (shape.signature(attributes) === undefined) return;
    const signature = known.shapes.intern(shape).signature(attributes);
    if (signature === undefined || this.#elements.get(signature, now) !== undefined) return;
    this.#elements.set(signature, known.pending, now);
    known.pending = undefined;
  }
}

function grantOf({ grantedAmount, validMillis = defaultValidMillis }: QuotaAnswer): {
  granted: number;
  validMillis: number;
} {
  return { granted: Number(grantedAmount), validMillis };
}

function askForAll(needs: readonly QuotaRequirement[]): QuotaVerdict {
  return {
    status: undefined,
    asks: needs.map(({ quota, charge }) => ({ name: quota, amount: BigInt(charge), bestEffort: false })),
    settle: (answers) => statusOf(needs.map(({ quota }) => quota).filter((quota) => isRejected(answers?.get(quota)))),
  };
}

/** Without an answer, or while the quota's backend is not there, a quota lets pass. */
function isRejected(answer: QuotaAnswer | undefined): boolean {
  return answer !== undefined && answer.status.code !== rpc.UNAVAILABLE && answer.grantedAmount <= 0n;
}

function statusOf(rejected: readonly string[]): CallStatus {
  if (rejected.length === 0) return allowed;
  return { code: rpc.RESOURCE_EXHAUSTED, message: `Quota is exhausted for: ${rejected.join(',')}` };
}

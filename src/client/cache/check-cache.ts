import { rpc } from '../rpc-codes.js';
import type { AttributeSet, CallStatus, Directive, PreconditionAnswer } from '../transport.js';
import { LruMap } from './lru-map.js';
import { Shape } from './shape.js';
import { ShapeTable } from './shape-table.js';

/** A decision as it is reused. */
export interface CachedDecision {
  readonly status: CallStatus;
  readonly directive: Directive | undefined;
}

interface Entry extends CachedDecision {
  readonly expiry: number;
  usesLeft: number;
}

/** Decisions of a Mixer by what they depend on (mesh.md 1.10). */
export class CheckCache {
  readonly #entries: LruMap<Entry> | undefined;
  readonly #shapes = new ShapeTable();

  /** A capacity of 0 keeps nothing. */
  constructor(capacity: number) {
    this.#entries = capacity > 0 ? new LruMap({ capacity }) : undefined;
  }

  /** A decision that still holds for these attributes; this counts as one use of it. */
  find(attributes: AttributeSet, now: number): CachedDecision | undefined {
    const entries = this.#entries;
    const found = entries && this.#shapes.find(attributes, entries, now);
    if (found === undefined) return undefined;
    const { signature, value } = found;
    if (now > value.expiry || value.usesLeft === 0) {
      entries?.delete(signature);
      return undefined;
    }
    if (value.usesLeft > 0) value.usesLeft--;
    return value;
  }

  /**
   * Keeps an answer, if it may be kept: its dependencies are known and fit the request, and it can be used again. UNAVAILABLE
   * is never kept, since it counts as no answer.
   */
  put(attributes: AttributeSet, answer: PreconditionAnswer, now: number): void {
    const { status, dependencies, validMillis = Infinity, validUseCount, directive } = answer;
    if (this.#entries === undefined || dependencies === undefined) return;
    if (validUseCount === 0 || status.code === rpc.UNAVAILABLE) return;
    const shape = Shape.of(dependencies, attributes);
    // Before the shape is kept, so that one which never applies takes no place.
    if (shape.signature(attributes) === undefined) return;
    const signature = this.#shapes.intern(shape).signature(attributes);
    if (signature === undefined) return;
    this.#entries.set(signature, { status, directive, expiry: now + validMillis, usesLeft: validUseCount }, now);
  }
}

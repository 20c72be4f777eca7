import type { EvalError } from './eval-error.js';
import type { Duration, StringMap, Timestamp } from './value.js';

/**
 * What compiled expressions read from: attributes by the integer slot that a {@link Vocabulary} gave their name, and
 * single map keys by the key slot that it gave to (attribute, constant key). Every read is recorded as a reference
 * (mixer-core.md 1.8).
 *
 * Each method returns undefined when the attribute is absent and an EvalError of kind ATTRIBUTE_VALUE_WRONG_TYPE when
 * the sender gave it another type. INT64 and DURATION accept each other's representation (mixer-core.md 3.7).
 */
export interface AttributeReader {
  string(slot: number): string | undefined | EvalError;
  int64(slot: number): bigint | undefined | EvalError;
  double(slot: number): number | undefined | EvalError;
  bool(slot: number): boolean | undefined | EvalError;
  timestamp(slot: number): Timestamp | undefined | EvalError;
  duration(slot: number): Duration | undefined | EvalError;
  ip(slot: number): Uint8Array | undefined | EvalError;
  /** The whole map; its `get` records each key that is looked up. */
  map(slot: number): StringMap | undefined | EvalError;
  /** One constant key of a map: undefined when the map is absent, null when the map is there without the key. */
  key(keySlot: number): string | undefined | null | EvalError;
}

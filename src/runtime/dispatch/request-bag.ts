import type { AttributeReader, References, Value } from '../../attributes/index.js';

/**
 * What dispatching needs of a bag besides reading it. The bag belongs to one request until the answer is there: nobody
 * else may read or change it meanwhile.
 */
export interface RequestBag extends AttributeReader {
  /** Whether the sender gave the attribute or an overlay does. Leaves no reference. */
  has(slot: number): boolean;
  /** Puts a generated value on top of what was sent; undefined takes it away. Reads of it are not recorded. */
  overlay(slot: number, value: Value | undefined): void;
  captureReferences(): References;
  saveReferences(): unknown;
  restoreReferences(saved: unknown): void;
}

export { EvalError, type EvalErrorKind } from './eval-error.js';
export type { AttributeReader } from './reader.js';
export type { Condition, Reference, References } from './references.js';
export { Duration, type StringMap, Timestamp, type Value, type ValueType, valueTypes } from './value.js';
export { type KeySlot, Vocabulary } from './vocabulary.js';

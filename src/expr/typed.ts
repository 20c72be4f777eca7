import type { Value, ValueType, Vocabulary } from '../attributes/index.js';
import type { FunctionDefinition } from './functions.js';

/** A constant with its type. */
interface TypedConstant {
  readonly kind: 'constant';
  readonly type: ValueType;
  readonly value: Value;
}

/** An attribute, resolved to its slot. `name` is how the source spelled it, for messages. */
export interface TypedAttribute {
  readonly kind: 'attribute';
  readonly type: ValueType;
  readonly slot: number;
  readonly name: string;
}

/**
 * An operator, function or method, resolved to its definition. A method's receiver is its first operand. `keySlot` is
 * set for `attribute["constant"]`, which bags answer without building the map.
 */
export interface TypedCall {
  readonly kind: 'call';
  readonly type: ValueType;
  readonly function: FunctionDefinition;
  readonly operands: readonly TypedNode[];
  readonly keySlot: number | undefined;
}

/** What the checker makes of a syntax tree, and all that the engines need. */
export type TypedNode = TypedConstant | TypedAttribute | TypedCall;

/** An expression that may be compiled: every name is resolved and every type known. */
export interface CheckedExpression {
  readonly kind: 'expression';
  readonly source: string;
  /** The type of its value. */
  readonly type: ValueType;
  readonly vocabulary: Vocabulary;
  readonly root: TypedNode;
}

import {
  type AttributeReader,
  EvalError,
  type StringMap,
  type Timestamp,
  type Value,
  type ValueType,
} from '../attributes/index.js';
import { equalValues } from './equal-values.js';
import { compareText } from './externs/text-order.js';
import type { Operator } from './functions.js';
import { lookupFailed } from './lookup-failed.js';
import { FieldError, type RecordShape } from './record.js';
import type { CheckedExpression, TypedAttribute, TypedCall, TypedNode } from './typed.js';

type Strict = (bag: AttributeReader) => Value | EvalError;
type Optional = (bag: AttributeReader) => Value | EvalError | undefined;

/**
 * Evaluates by a tree of closures, one per node, each doing what mixer-core.md 3.6 says of it and nothing clever. It is
 * the oracle for the generated code, and takes its place where code generation is forbidden.
 */
export function interpretExpression(checked: CheckedExpression): Strict {
  return strict(checked.root);
}

/** Builds a record field by field. The same contract as the generated builder. */
export function interpretRecord(shape: RecordShape): (bag: AttributeReader) => object {
  const fields = shape.fields.map(({ name, path, value }) => ({ name, path, evaluate: fieldValue(value) }));
  return (bag) => {
    const record = Object.create(null) as Record<string, unknown>;
    for (const { name, path, evaluate } of fields) {
      const value = evaluate(bag);
      if (value instanceof FieldError) return value;
      if (value instanceof EvalError) return new FieldError(path, value);
      record[name] = value;
    }
    return record;
  };
}

function fieldValue(value: RecordShape['fields'][number]['value']): (bag: AttributeReader) => unknown {
  if (value === undefined) return () => undefined;
  if (value.kind === 'record') return interpretRecord(value);
  if (value.kind === 'constant') return () => value.value;
  const evaluate = interpretExpression(value);
  if (value.type !== 'STRING_MAP') return evaluate;
  return (bag) => {
    const map = evaluate(bag);
    return map instanceof EvalError ? map : new Map((map as StringMap).entries());
  };
}

/** A node that must have a value. */
function strict(node: TypedNode): Strict {
  if (node.kind === 'constant') return () => node.value;
  if (node.kind === 'attribute') {
    const read = attribute(node);
    const absent = lookupFailed(node.name);
    return (bag) => read(bag) ?? absent;
  }
  return operators[node.function.operator ?? 'call'](node);
}

/** A node that may be absent, as the left operand of `|`. Everything but attributes, keys and `|` itself is present. */
function optional(node: TypedNode): Optional {
  if (node.kind === 'attribute') return attribute(node);
  if (node.kind === 'call' && node.function.operator === 'INDEX') return lookup(node);
  if (node.kind === 'call' && node.function.operator === 'OR')
    return firstOf(optional(node.operands[0]!), optional(node.operands[1]!));
  return strict(node);
}

function attribute({ type, slot }: TypedAttribute): Optional {
  const read = readers[type];
  return (bag) => read(bag, slot);
}

const readers: Readonly<Record<ValueType, (bag: AttributeReader, slot: number) => Value | EvalError | undefined>> = {
  VALUE_TYPE_UNSPECIFIED: () => undefined,
  STRING: (bag, slot) => bag.string(slot),
  EMAIL_ADDRESS: (bag, slot) => bag.string(slot),
  URI: (bag, slot) => bag.string(slot),
  DNS_NAME: (bag, slot) => bag.string(slot),
  INT64: (bag, slot) => bag.int64(slot),
  DOUBLE: (bag, slot) => bag.double(slot),
  BOOL: (bag, slot) => bag.bool(slot),
  TIMESTAMP: (bag, slot) => bag.timestamp(slot),
  DURATION: (bag, slot) => bag.duration(slot),
  IP_ADDRESS: (bag, slot) => bag.ip(slot),
  STRING_MAP: (bag, slot) => bag.map(slot),
};

function firstOf<T extends Strict | Optional>(left: Optional, right: T): (bag: AttributeReader) => ReturnType<T> {
  return (bag) => (left(bag) ?? right(bag)) as ReturnType<T>;
}

/** `map[key]` where absence of any part counts as absence. */
function lookup({ operands, keySlot }: TypedCall): Optional {
  if (keySlot !== undefined) return (bag) => bag.key(keySlot) ?? undefined;
  const [map, key] = [optional(operands[0]!), optional(operands[1]!)];
  return (bag) => {
    const entries = map(bag);
    if (entries === undefined || entries instanceof EvalError) return entries;
    const name = key(bag);
    if (name === undefined || name instanceof EvalError) return name;
    return (entries as StringMap).get(name as string);
  };
}

/** `map[key]` where only the key may be missing, which gives the empty text. */
function index({ operands, keySlot }: TypedCall): Strict {
  const map = operands[0]!;
  if (keySlot === undefined || map.kind !== 'attribute')
    return apply(operands, (entries, key) => (entries as StringMap).get(key as string) ?? '');
  const absent = lookupFailed(map.name);
  return (bag) => {
    const value = bag.key(keySlot);
    return value === undefined ? absent : (value ?? '');
  };
}

type Compute = (...values: Value[]) => Value | EvalError;

/** Evaluates operands left to right and applies a function, unless one of them has no value. */
function apply(nodes: readonly TypedNode[], compute: Compute): Strict {
  const operands = nodes.map(strict);
  return operands.length === 2 ? applyToTwo(operands[0]!, operands[1]!, compute) : applyToAll(operands, compute);
}

// Nearly every operator has two operands, and they should not need an array.
function applyToTwo(left: Strict, right: Strict, compute: Compute): Strict {
  return (bag) => {
    const a = left(bag);
    if (a instanceof EvalError) return a;
    const b = right(bag);
    return b instanceof EvalError ? b : compute(a, b);
  };
}

function applyToAll(operands: readonly Strict[], compute: Compute): Strict {
  return (bag) => {
    const values: Value[] = [];
    for (const operand of operands) {
      const value = operand(bag);
      if (value instanceof EvalError) return value;
      values.push(value);
    }
    return compute(...values);
  };
}

function comparison(node: TypedCall, holds: (order: number) => boolean): Strict {
  return apply(node.operands, (a, b) => holds(order(node.operands[0]!.type, a, b)));
}

function order(type: ValueType, a: Value, b: Value): number {
  if (type === 'STRING') return compareText(a as string, b as string);
  if (type === 'TIMESTAMP') return (a as Timestamp).compare(b as Timestamp);
  return a < b ? -1 : a > b ? 1 : a === b ? 0 : NaN;
}

function equality(node: TypedCall, wanted: boolean): Strict {
  return apply(node.operands, (a, b) => {
    const equal = equalValues(node.operands[0]!.type, a, b);
    return equal instanceof EvalError ? equal : equal === wanted;
  });
}

function shortCircuit(node: TypedCall, decisive: boolean): Strict {
  const [left, right] = [strict(node.operands[0]!), strict(node.operands[1]!)];
  return (bag) => {
    const value = left(bag);
    return value instanceof EvalError || value === decisive ? value : right(bag);
  };
}

const operators: Readonly<Record<Operator | 'call', (node: TypedCall) => Strict>> = {
  EQ: (node) => equality(node, true),
  NEQ: (node) => equality(node, false),
  LT: (node) => comparison(node, (order) => order < 0),
  LEQ: (node) => comparison(node, (order) => order <= 0),
  GT: (node) => comparison(node, (order) => order > 0),
  GEQ: (node) => comparison(node, (order) => order >= 0),
  OR: (node) => firstOf(optional(node.operands[0]!), strict(node.operands[1]!)),
  LOR: (node) => shortCircuit(node, true),
  LAND: (node) => shortCircuit(node, false),
  INDEX: index,
  ADD: (node) =>
    apply(node.operands, (a, b) => {
      if (typeof a === 'bigint') return BigInt.asIntN(64, a + (b as bigint));
      return typeof a === 'string' ? a + (b as string) : (a as number) + (b as number);
    }),
  conditional: (node) => {
    const [condition, yes, no] = node.operands.map(strict);
    return (bag) => {
      const value = condition!(bag);
      return value instanceof EvalError ? value : value === true ? yes!(bag) : no!(bag);
    };
  },
  call: (node) => apply(node.operands, node.function.call as unknown as (...values: Value[]) => Value | EvalError),
};

import { Duration } from '../util/duration.js';
import type { Schema } from '../util/schema.js';
import { describeNode, quote, type ScalarNode } from './node.js';
import { notText } from './resource.js';
import { suggest } from './suggest.js';

/** The schemas of single values. */
export type ScalarKind = Exclude<Schema, { readonly kind: 'list' | 'map' | 'message' | 'optional' | 'any' }>;

/** Why a scalar does not fit its schema. */
export class ScalarProblem {
  constructor(
    readonly code: 'FIELD_TYPE' | 'FIELD_VALUE',
    readonly message: string,
  ) {}
}

const decimal = /^-?\d{1,40}$/;
const numeric = /^-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$/;
const limits = { int32: [-(2n ** 31n), 2n ** 31n - 1n], int64: [-(2n ** 63n), 2n ** 63n - 1n] } as const;

/** Reads a scalar (not null) as proto3 JSON does (adapters.md 0.2): numbers also as text, enums by name or number. */
export function decodeScalar(node: ScalarNode, schema: ScalarKind): unknown {
  switch (schema.kind) {
    case 'string':
      return typeof node.value === 'string' ? node.value : mistyped(notText('the value', node));
    case 'bool':
      return typeof node.value === 'boolean'
        ? node.value
        : mistyped(`expected true or false, found ${describeNode(node)}`);
    case 'int32':
    case 'int64':
      return decodeInteger(node, schema.kind);
    case 'double':
      return decodeDouble(node);
    case 'duration':
      return decodeDuration(node);
    case 'enum':
      return decodeEnum(node, schema.names);
  }
}

function mistyped(message: string): ScalarProblem {
  return new ScalarProblem('FIELD_TYPE', message);
}

function decodeInteger(node: ScalarNode, kind: 'int32' | 'int64'): number | bigint | ScalarProblem {
  const value = toInteger(node);
  if (value instanceof ScalarProblem) return value;
  const [least, most] = limits[kind];
  if (value < least || value > most) return new ScalarProblem('FIELD_VALUE', `${node.source} does not fit an ${kind}`);
  return kind === 'int32' ? Number(value) : value;
}

function toInteger({ value, ...node }: ScalarNode): bigint | ScalarProblem {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  if (typeof value === 'number')
    return new ScalarProblem('FIELD_VALUE', `expected a whole number, found ${node.source}`);
  if (typeof value === 'string' && decimal.test(value)) return BigInt(value);
  return mistyped(`expected a whole number, found ${describeNode({ value, ...node })}`);
}

function decodeDouble(node: ScalarNode): number | ScalarProblem {
  const { value } = node;
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
  if (typeof value === 'string' && numeric.test(value) && Number.isFinite(Number(value))) return Number(value);
  return mistyped(`expected a number, found ${describeNode(node)}`);
}

function decodeDuration(node: ScalarNode): Duration | ScalarProblem {
  if (typeof node.value !== 'string') {
    return mistyped(`expected a duration such as "10s" or "1h30m", found ${describeNode(node)}`);
  }
  const duration = Duration.parse(node.value);
  if (duration !== undefined) return duration;
  return new ScalarProblem('FIELD_VALUE', `${quote(node.value)} is not a duration such as "10s" or "1h30m"`);
}

function decodeEnum(node: ScalarNode, names: Readonly<Record<number, string>>): string | ScalarProblem {
  const known = Object.values(names);
  const { value } = node;
  if (typeof value === 'string') {
    if (known.includes(value)) return value;
    const near = suggest(value, known);
    const hint = near === undefined ? `; one of ${known.join(', ')}` : `: did you mean ${near}?`;
    return new ScalarProblem('FIELD_VALUE', `${quote(value)} is not known here${hint}`);
  }
  if (typeof value !== 'bigint') return mistyped(`expected one of ${known.join(', ')}, found ${describeNode(node)}`);
  const name = Object.hasOwn(names, String(value)) ? names[Number(value)] : undefined;
  return name ?? new ScalarProblem('FIELD_VALUE', `no value has the number ${node.source}; one of ${known.join(', ')}`);
}

import type { EvalError, Value, ValueType } from '../attributes/index.js';
import { parseDnsName } from './externs/dns-name.js';
import { parseEmail } from './externs/email.js';
import { parseIp } from './externs/ip.js';
import { globMatches } from './externs/match.js';
import { patternMatches } from './externs/matches.js';
import { parseTimestamp } from './externs/timestamp.js';
import { toLower } from './externs/to-lower.js';
import { parseUri } from './externs/uri.js';

/** What the engines know themselves, because it decides what is evaluated or is generated in place. */
export type Operator =
  'EQ' | 'NEQ' | 'LT' | 'LEQ' | 'GT' | 'GEQ' | 'OR' | 'LOR' | 'LAND' | 'INDEX' | 'ADD' | 'conditional';

/**
 * A function or method. VALUE_TYPE_UNSPECIFIED stands for "the type of the first operand that has this type", as a
 * parameter, receiver or result (mixer-core.md 3.2).
 */
export interface FunctionDefinition {
  readonly name: string;
  /** Undefined for a plain function. */
  readonly receiver?: ValueType | undefined;
  readonly parameters: readonly ValueType[];
  readonly result: ValueType;
  /** Set for operators only. */
  readonly operator?: Operator | undefined;
  /**
   * Computes the result from present values, the receiver first. Must not throw: failure is an EvalError. Undefined for
   * operators only.
   */
  readonly call?: ((...operands: never[]) => Value | EvalError) | undefined;
  /** True when the result depends on the operands alone: then a call on constants is computed once, when compiled. */
  readonly pure?: boolean | undefined;
}

/** Functions by name. */
export type FunctionTable = ReadonlyMap<string, FunctionDefinition>;

const T = 'VALUE_TYPE_UNSPECIFIED';
const emptyMap: ReadonlyMap<string, string> = new Map();

function operator(name: Operator, parameters: readonly ValueType[], result: ValueType): FunctionDefinition {
  return { name, parameters, result, operator: name };
}

function pure(
  signature: Pick<FunctionDefinition, 'name' | 'receiver' | 'parameters' | 'result'>,
  call: FunctionDefinition['call'],
): FunctionDefinition {
  return { ...signature, call, pure: true };
}

const definitions: readonly FunctionDefinition[] = [
  operator('EQ', [T, T], 'BOOL'),
  operator('NEQ', [T, T], 'BOOL'),
  operator('LT', [T, T], 'BOOL'),
  operator('LEQ', [T, T], 'BOOL'),
  operator('GT', [T, T], 'BOOL'),
  operator('GEQ', [T, T], 'BOOL'),
  operator('OR', [T, T], T),
  operator('LOR', ['BOOL', 'BOOL'], 'BOOL'),
  operator('LAND', ['BOOL', 'BOOL'], 'BOOL'),
  operator('INDEX', ['STRING_MAP', 'STRING'], 'STRING'),
  operator('ADD', [T, T], T),
  operator('conditional', ['BOOL', T, T], T),
  pure({ name: 'size', parameters: ['STRING'], result: 'INT64' }, (text: string) => BigInt(Buffer.byteLength(text))),
  pure({ name: 'ip', parameters: ['STRING'], result: 'IP_ADDRESS' }, parseIp),
  pure({ name: 'timestamp', parameters: ['STRING'], result: 'TIMESTAMP' }, parseTimestamp),
  pure({ name: 'dnsName', parameters: ['STRING'], result: 'DNS_NAME' }, parseDnsName),
  pure({ name: 'email', parameters: ['STRING'], result: 'EMAIL_ADDRESS' }, parseEmail),
  pure({ name: 'uri', parameters: ['STRING'], result: 'URI' }, parseUri),
  pure({ name: 'match', parameters: ['STRING', 'STRING'], result: 'BOOL' }, globMatches),
  pure({ name: 'matches', receiver: 'STRING', parameters: ['STRING'], result: 'BOOL' }, patternMatches),
  pure(
    { name: 'startsWith', receiver: 'STRING', parameters: ['STRING'], result: 'BOOL' },
    (text: string, part: string) => text.startsWith(part),
  ),
  pure({ name: 'endsWith', receiver: 'STRING', parameters: ['STRING'], result: 'BOOL' }, (text: string, part: string) =>
    text.endsWith(part),
  ),
  pure({ name: 'toLower', parameters: ['STRING'], result: 'STRING' }, toLower),
  pure({ name: 'emptyStringMap', parameters: [], result: 'STRING_MAP' }, () => emptyMap),
  pure(
    { name: 'conditionalString', parameters: ['BOOL', 'STRING', 'STRING'], result: 'STRING' },
    (condition: boolean, yes: string, no: string) => (condition ? yes : no),
  ),
];

/** The language's own functions and operators. */
export const standardFunctions: FunctionTable = new Map(definitions.map((definition) => [definition.name, definition]));

const comparable: ReadonlySet<ValueType> = new Set(['STRING', 'INT64', 'DOUBLE', 'TIMESTAMP']);
const equatable: ReadonlySet<ValueType> = new Set<ValueType>([
  ...comparable,
  'BOOL',
  'IP_ADDRESS',
  'EMAIL_ADDRESS',
  'URI',
  'DNS_NAME',
]);
const addable: ReadonlySet<ValueType> = new Set(['STRING', 'INT64', 'DOUBLE']);
const supported: Readonly<Partial<Record<Operator, ReadonlySet<ValueType>>>> = {
  EQ: equatable,
  NEQ: equatable,
  LT: comparable,
  LEQ: comparable,
  GT: comparable,
  GEQ: comparable,
  ADD: addable,
};

/** Whether an operator has code for operands of a type, given that their types agree (mixer-core.md 3.2, 3.5). */
export function supports(operator: Operator, type: ValueType): boolean {
  return supported[operator]?.has(type) ?? true;
}

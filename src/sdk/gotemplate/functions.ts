import { Duration, Timestamp } from '../../attributes/index.js';
import { equal, isLess } from './compare.js';
import { DataMap, type Datum, isTrue, typeName } from './datum.js';
import { escapeHtml, escapeJs, escapeQuery } from './escape.js';
import { print, println } from './format/print.js';
import { printf } from './format/printf.js';
import { fail } from './render-error.js';

/** A function of templates, and how many arguments it takes. `limit` is how much output is left. */
export interface TemplateFunction {
  readonly least: number;
  readonly most: number;
  readonly call: (args: readonly Datum[], limit: number) => Datum;
}

const two = { least: 2, most: 2 };
const any = { least: 0, most: Infinity };

/** The functions, by name. `and` and `or` are compiled apart, as they need not look at all of their arguments. */
export const functions: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ['not', { least: 1, most: 1, call: ([value]) => !isTrue(value) }],
  ['eq', { least: 2, most: Infinity, call: ([first, ...others]) => others.some((other) => equal(first, other)) }],
  ['ne', { ...two, call: ([a, b]) => !equal(a, b) }],
  ['lt', { ...two, call: ([a, b]) => isLess(a, b) }],
  ['le', { ...two, call: ([a, b]) => isLess(a, b) || equal(a, b) }],
  ['gt', { ...two, call: ([a, b]) => !isLess(a, b) && !equal(a, b) }],
  ['ge', { ...two, call: ([a, b]) => !isLess(a, b) }],
  ['len', { least: 1, most: 1, call: ([value]) => lengthOf(value) }],
  ['index', { least: 1, most: Infinity, call: ([value, ...keys]) => keys.reduce(elementOf, value) }],
  ['print', { ...any, call: print }],
  ['println', { ...any, call: println }],
  ['printf', { least: 1, most: Infinity, call: ([format, ...args], limit) => printf(formatOf(format), args, limit) }],
  ['html', { ...any, call: (args) => escapeHtml(print(args.map(shown))) }],
  ['js', { ...any, call: (args) => escapeJs(print(args.map(shown))) }],
  ['urlquery', { ...any, call: (args) => escapeQuery(print(args.map(shown))) }],
]);

/** All names that a template may call. */
export const functionNames: ReadonlySet<string> = new Set(['and', 'or', ...functions.keys()]);

/** Functions of Go's that are left out. */
export const unsupportedFunctions: ReadonlySet<string> = new Set(['call', 'slice']);

/** Escapers show what is not there as an action does, other than print. */
function shown(value: Datum): Datum {
  return value === undefined ? '<no value>' : value;
}

function formatOf(value: Datum): string {
  return typeof value === 'string' ? value : fail(`printf needs a format, not a value of type ${typeName(value)}`);
}

function lengthOf(value: Datum): bigint {
  if (typeof value === 'string') return BigInt(Buffer.byteLength(value));
  if (value instanceof Uint8Array) return BigInt(value.length);
  if (value instanceof DataMap || isStringMap(value)) return BigInt(value.size);
  return fail(`values of type ${typeName(value)} have no length`);
}

function elementOf(value: Datum, key: Datum): Datum {
  if (value instanceof DataMap) return value.get(textKey(key));
  if (isStringMap(value)) return value.get(textKey(key)) ?? '';
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  if (!(bytes instanceof Uint8Array)) return fail(`values of type ${typeName(value)} have no elements`);
  if (typeof key !== 'bigint') return fail(`an index must be an integer, not a value of type ${typeName(key)}`);
  const element = key < 0n ? undefined : bytes[Number(key)];
  return element === undefined ? fail(`index ${key} is out of range`) : BigInt(element);
}

function textKey(key: Datum): string {
  return typeof key === 'string' ? key : fail(`a key must be a string, not a value of type ${typeName(key)}`);
}

function isStringMap(value: Datum): value is Exclude<Datum & object, Timestamp | Duration | Uint8Array | DataMap> {
  if (typeof value !== 'object' || value instanceof Uint8Array) return false;
  return !(value instanceof Timestamp || value instanceof Duration || value instanceof DataMap);
}

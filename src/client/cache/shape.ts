import { createHash } from 'node:crypto';

import type { Reference, StringMap, Value } from '../../attributes/index.js';
import type { AttributeSet } from '../transport.js';
import { signatureOf, textSignature } from './value-signature.js';

/** Longer signatures are kept as their digest, so that a cache's size does not depend on what callers send. */
const longestSignature = 256;

interface Condition {
  readonly name: string;
  readonly key: string | undefined;
}

/**
 * Which attributes decisions depend on: some that were absent, some whose value counted. All requests that agree in them
 * get the same decision (mesh.md 1.10).
 */
export class Shape {
  static #made = 0;
  /** The same for two shapes exactly when they ask for the same. */
  readonly id: string;
  readonly #prefix: string;
  readonly #absent: readonly Condition[];
  readonly #exact: readonly Condition[];

  private constructor(absent: readonly Condition[], exact: readonly Condition[]) {
    this.#absent = absent;
    this.#exact = exact;
    this.id = `${idOf(absent)}|${idOf(exact)}`;
    this.#prefix = `${Shape.#made++}|`;
  }

  /** The shape of what was read from these attributes. */
  static of(references: readonly Reference[], attributes: AttributeSet): Shape {
    const absent: Condition[] = [];
    const exact: Condition[] = [];
    const looked = new Set(references.flatMap(({ name, key }) => (key === undefined ? [] : [name])));
    for (const { name, key, condition } of references) {
      const value = attributes.get(name);
      const isMap = value !== undefined && isStringMap(value);
      // A map is there for its keys, each of which is a reference of its own (mixer-core.md 1.8); if none is, all counts.
      if (isMap && key === undefined && condition === 'EXACT' && looked.has(name)) continue;
      (condition === 'ABSENCE' ? absent : exact).push({ name, key: isMap ? key : undefined });
    }
    return new Shape(unique(absent), unique(exact));
  }

  /**
   * What stands for this shape and the attributes that count; undefined when the shape does not apply. No other shape
   * object gives the same.
   *
   * A key that was absent was looked up in a map that was there: without the map, an expression fails where it otherwise
   * finds nothing. So the map has to be there again, which Istio's own client does not ask for.
   */
  signature(attributes: AttributeSet): string | undefined {
    if (!this.#absent.every((one) => isAbsent(one, attributes))) return undefined;
    let text = this.#prefix;
    for (const { name, key } of this.#exact) {
      const value = attributes.get(name);
      const part = key === undefined ? value : mapOf(value)?.get(key);
      if (part === undefined) return undefined;
      text += signatureOf(part);
    }
    return text.length > longestSignature ? createHash('sha256').update(text).digest('base64') : text;
  }
}

function isAbsent({ name, key }: Condition, attributes: AttributeSet): boolean {
  const value = attributes.get(name);
  if (key === undefined) return value === undefined;
  const map = mapOf(value);
  return map !== undefined && map.get(key) === undefined;
}

function idOf(conditions: readonly Condition[]): string {
  return conditions
    .map(({ name, key }) => textSignature(name) + (key === undefined ? '-' : textSignature(key)))
    .join('');
}

function unique(conditions: readonly Condition[]): readonly Condition[] {
  const byId = new Map(conditions.map((one) => [idOf([one]), one]));
  return [...byId].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

function mapOf(value: Value | undefined): StringMap | undefined {
  return value !== undefined && isStringMap(value) ? value : undefined;
}

function isStringMap(value: Value): value is StringMap {
  return typeof value === 'object' && 'entries' in value && 'get' in value;
}

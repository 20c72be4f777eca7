import type { Diagnostic } from '../util/diagnostics.js';
import { invariant } from '../util/invariant.js';
import type { ListSchema, MapSchema, MessageSchema, Schema } from '../util/schema.js';
import { decodeScalar, ScalarProblem } from './decode-scalar.js';
import { freezeMap } from './freeze.js';
import { type ConfigNode, describeNode, isNull, type MapEntry, type MapNode, type Place, quote } from './node.js';
import { findNode, itemPath, keyPath, toCamel } from './path.js';
import type { Resource } from './resource.js';
import { suggest } from './suggest.js';

/** What a spec decoded to. With errors among the diagnostics, the fields they are about hold their defaults. */
export interface Decoded<T> {
  /** Frozen through and through; maps refuse changes. */
  readonly value: T;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads a resource's spec, or the part of it at `at` (`spec.params`), by a schema. Follows proto3 JSON as Mixer reads
 * it (adapters.md 0.2): lowerCamel and snake_case names, null as if not given, fields not given keep their defaults,
 * given lists and maps replace theirs. Every problem is reported with its place and path. Codes: UNKNOWN_FIELD,
 * DUPLICATE_FIELD, FIELD_TYPE, FIELD_VALUE.
 */
export function decodeSpec<T>(resource: Resource, schema: MessageSchema<T>, at = 'spec'): Decoded<T> {
  const node = specNode(resource, at);
  const decoder = new Decoder(resource.file);
  const value = node === undefined ? defaultOf(schema) : decoder.decode(node, schema, at);
  return { value: value as T, diagnostics: decoder.diagnostics };
}

/** The node at a path that starts with `spec`; undefined when there is none or it is null. */
export function specNode(resource: Resource, at: string): ConfigNode | undefined {
  invariant(/^spec(?=[.[]|$)/.test(at), `a path within the spec starts with "spec": ${at}`);
  const { node } = findNode(resource.spec as MapNode, at.slice('spec'.length).replace(/^\./, ''));
  return node === undefined || isNull(node) ? undefined : node;
}

/** What a schema decodes to when nothing is given. */
export function defaultOf(schema: Schema): unknown {
  switch (schema.kind) {
    case 'list':
      return Object.freeze([]);
    case 'map':
      return freezeMap(new Map(schema.default));
    case 'message': {
      const fields = Object.entries(schema.fields);
      return Object.freeze(Object.fromEntries(fields.map(([name, field]) => [name, defaultOf(field)])));
    }
    case 'optional':
    case 'any':
      return undefined;
    default:
      return schema.default;
  }
}

/** Any node as plain data: maps as ReadonlyMap, integers as bigint, other numbers as number, null as null. Frozen. */
export function toPlain(node: ConfigNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return Object.freeze(node.items.map(toPlain));
  return freezeMap(new Map(node.entries.map((entry) => [entry.key, toPlain(entry.value)])));
}

class Decoder {
  readonly diagnostics: Diagnostic[] = [];

  constructor(private readonly file: string | undefined) {}

  decode(node: ConfigNode, schema: Schema, path: string): unknown {
    if (schema.kind === 'optional') return isNull(node) ? undefined : this.decode(node, schema.schema, path);
    if (schema.kind === 'any') return toPlain(node);
    if (isNull(node)) return defaultOf(schema);
    switch (schema.kind) {
      case 'message':
        return this.expectMap(node, path, (map) => this.decodeMessage(map, schema, path)) ?? defaultOf(schema);
      case 'map':
        return this.expectMap(node, path, (map) => this.decodeMap(map, schema, path)) ?? defaultOf(schema);
      case 'list':
        return this.decodeList(node, schema, path);
      default: {
        const value = node.kind === 'scalar' ? decodeScalar(node, schema) : unexpected(schema.kind, node);
        if (!(value instanceof ScalarProblem)) return value;
        this.report(value.code, node, { message: value.message, path });
        return schema.default;
      }
    }
  }

  private report(code: string, at: Place, what: { readonly message: string; readonly path: string }): void {
    const { message, path } = what;
    this.diagnostics.push({
      severity: 'error',
      code,
      message,
      file: this.file,
      line: at.line,
      column: at.column,
      path,
    });
  }

  private expectMap<R>(node: ConfigNode, path: string, read: (map: MapNode) => R): R | undefined {
    if (node.kind === 'map') return read(node);
    this.report('FIELD_TYPE', node, { message: `expected a map, found ${describeNode(node)}`, path });
    return undefined;
  }

  private decodeMessage(map: MapNode, schema: MessageSchema, path: string): unknown {
    const given = new Map<string, MapEntry>();
    for (const entry of map.entries) {
      const name = fieldName(schema, entry.key);
      const where = keyPath(path, entry.key);
      if (name === undefined) {
        this.report('UNKNOWN_FIELD', entry, { message: unknownField(entry.key, schema), path: where });
      } else if (given.has(name)) {
        const message = `${quote(entry.key)} is the same field as ${quote(given.get(name)!.key)}`;
        this.report('DUPLICATE_FIELD', entry, { message, path: where });
      } else {
        given.set(name, entry);
      }
    }
    for (const oneof of schema.oneofs) this.checkOneof(oneof, given, path);
    const decodeField = ([name, field]: [string, Schema]): [string, unknown] => {
      const entry = given.get(name);
      return [name, entry === undefined ? defaultOf(field) : this.decode(entry.value, field, keyPath(path, name))];
    };
    return Object.freeze(Object.fromEntries(Object.entries(schema.fields).map(decodeField)));
  }

  private checkOneof(names: readonly string[], given: ReadonlyMap<string, MapEntry>, path: string): void {
    const found = names.filter((name) => given.has(name) && !isNull(given.get(name)!.value));
    for (const name of found.slice(1)) {
      const message = `${name} and ${found[0]} exclude each other`;
      this.report('FIELD_VALUE', given.get(name)!, { message, path: keyPath(path, name) });
    }
  }

  private decodeMap(map: MapNode, schema: MapSchema, path: string): ReadonlyMap<string, unknown> {
    const result = new Map<string, unknown>();
    for (const entry of map.entries) {
      const where = keyPath(path, entry.key);
      if (isNull(entry.value) && schema.value.kind !== 'any') {
        this.report('FIELD_TYPE', entry, { message: `the key ${quote(entry.key)} has no value`, path: where });
      } else {
        result.set(entry.key, this.decode(entry.value, schema.value, where));
      }
    }
    return freezeMap(result);
  }

  private decodeList(node: ConfigNode, schema: ListSchema, path: string): readonly unknown[] {
    if (node.kind !== 'list') {
      this.report('FIELD_TYPE', node, { message: `expected a list, found ${describeNode(node)}`, path });
      return Object.freeze([]);
    }
    const items = node.items.map((item, index) => {
      const where = itemPath(path, index);
      if (isNull(item) && schema.item.kind !== 'any') {
        this.report('FIELD_TYPE', item, { message: 'an item of the list has no value', path: where });
      }
      return this.decode(item, schema.item, where);
    });
    return Object.freeze(items);
  }
}

function unexpected(kind: string, node: ConfigNode): ScalarProblem {
  const wanted: Readonly<Record<string, string>> = {
    string: 'text',
    bool: 'true or false',
    enum: 'a name',
    duration: 'a duration',
  };
  return new ScalarProblem('FIELD_TYPE', `expected ${wanted[kind] ?? 'a number'}, found ${describeNode(node)}`);
}

function fieldName(schema: MessageSchema, key: string): string | undefined {
  if (Object.hasOwn(schema.fields, key)) return key;
  const camel = /[A-Z]/.test(key) ? key : toCamel(key);
  return Object.hasOwn(schema.fields, camel) ? camel : undefined;
}

function unknownField(key: string, schema: MessageSchema): string {
  const names = Object.keys(schema.fields);
  const near = suggest(key, names);
  const hint = near === undefined ? '' : `: did you mean ${quote(near)}?`;
  const all = near === undefined && names.length > 0 && names.length <= 8 ? `; known: ${names.join(', ')}` : '';
  return `unknown field ${quote(key)}${hint}${all}`;
}

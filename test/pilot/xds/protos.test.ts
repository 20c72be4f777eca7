import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type AnyDefinition, loadSync } from '@grpc/proto-loader';

// Envoy's own files, as a library brings them, say what numbers and types fields have.
const deps = 'node_modules/@grpc/grpc-js-xds/deps';
const theirFolders = ['envoy-api', 'xds', 'googleapis', 'protoc-gen-validate'].map((name) => join(deps, name));
const ours = 'proto';

interface Field {
  readonly name: string;
  readonly number: number;
  readonly label: string;
  readonly type: string;
  readonly typeName: string;
  readonly oneofIndex?: number;
}
interface Message {
  readonly name: string;
  readonly field: readonly Field[];
  readonly nestedType: readonly Message[];
  readonly enumType: readonly Enumeration[];
}
interface Enumeration {
  readonly name: string;
  readonly value: readonly { readonly name: string; readonly number: number }[];
}

const files = readdirSync(join(ours, 'envoy'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.proto'))
  .map((path) => join('envoy', path));

function facts(folders: readonly string[], paths: readonly string[]): ReadonlyMap<string, unknown> {
  const loaded = loadSync([...paths], { includeDirs: [...folders], keepCase: true });
  const found = new Map<string, unknown>();
  for (const [name, definition] of Object.entries(loaded)) {
    if (name.startsWith('envoy.')) collect(name, definition, found);
  }
  return found;
}

function collect(name: string, definition: AnyDefinition, found: Map<string, unknown>): void {
  if (!('type' in definition)) {
    for (const [method, { path, requestStream, responseStream }] of Object.entries(definition as object as Services)) {
      found.set(`${name}.${method}`, { path, requestStream, responseStream });
    }
    return;
  }
  const type = definition.type as unknown as Message | Enumeration;
  if ('value' in type) for (const one of type.value) found.set(`${name}.${one.name}`, one.number);
  else for (const field of type.field) found.set(`${name}.${field.name}`, shapeOf(field));
}

type Services = Record<string, { path: string; requestStream: boolean; responseStream: boolean }>;

function shapeOf({ number, label, type, typeName, oneofIndex }: Field) {
  const isInOneof = oneofIndex !== undefined && oneofIndex >= 0;
  return { number, label, type, typeName: typeName.split('.').at(-1), isInOneof };
}

describe("Pilot's part of Envoy's API", () => {
  it('is in files of the same names', () => {
    for (const path of files) assert.ok(existsSync(join(theirFolders[0]!, path)), path);
  });

  it('has the numbers and types of all fields, values and methods right', () => {
    const theirs = facts(theirFolders, files);
    const mine = facts([ours], files);
    assert.ok(mine.size > 130, String(mine.size));
    for (const [name, shape] of mine) assert.deepEqual(shape, theirs.get(name), name);
  });
});

import type { Diagnostic, Position } from '../util/diagnostics.js';
import { digestOf } from './digest.js';
import { type ConfigNode, describeNode, getValue, isNull, type MapNode, quote } from './node.js';
import { findNode, keyPath } from './path.js';
import { suggest } from './suggest.js';

declare const opaque: unique symbol;

/** The `spec` of a resource as written. Read it with `decodeSpec`, `specEntries` or `specValue`. */
export interface SpecNode {
  readonly [opaque]?: never;
}

/** One piece of configuration: the envelope read, the spec still as written (mixer-core.md 5.1). Immutable. */
export interface Resource {
  /** Not checked, as in Mixer; empty when not given. */
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly annotations: ReadonlyMap<string, string>;
  /** As written; empty when not given. Not checked. */
  readonly creationTimestamp: string;
  readonly file: string | undefined;
  /** SHA-1 (hex) of what the resource says; its place, comments and the order of keys do not count. */
  readonly digest: string;
  readonly spec: SpecNode;
  /**
   * The place of a path like `spec.params.overrides[1].maxAmount` or `metadata.name` (camel or snake spelling; no path:
   * the resource), or of the nearest node around it that exists. With `offset` the place of that UTF-16 unit of the
   * text there, as far as the file writes the text on one line and without escapes; otherwise where the value starts.
   */
  position(path?: string, offset?: number): Position;
}

/** How a resource is read. */
export interface ResourceOptions {
  readonly file?: string | undefined;
  /** The namespace of a resource that names none, as kubectl would fill it in. */
  readonly defaultNamespace: string;
  /** The kind of a resource that names none (an item of a typed list). */
  readonly defaultKind?: string | undefined;
}

/** Text that names what a resource is about: equal for two versions of the same resource. */
export function resourceKey(resource: Resource): string {
  return JSON.stringify([resource.kind, resource.namespace, resource.name]);
}

/** Reads the envelope of a resource. A broken one gives all its problems and no resource. */
export function createResource(root: ConfigNode, options: ResourceOptions): Resource | readonly Diagnostic[] {
  const reader = new EnvelopeReader(options.file);
  if (root.kind !== 'map') {
    reader.report(root, '', `a resource must be a map with kind, metadata and spec, found ${describeNode(root)}`);
    return reader.diagnostics;
  }
  if (getValue(root, 'kind') === undefined && getValue(root, 'metadata') === undefined) {
    // Some other file, not a resource with two mistakes.
    reader.report(root, '', 'this is not a resource: it has neither kind nor metadata');
    return reader.diagnostics;
  }
  const metadata = reader.map(root, root, 'metadata', true);
  const kind = reader.text(root, 'kind', { required: options.defaultKind === undefined });
  const name = metadata && reader.text(metadata, 'name', { required: true, parent: 'metadata' });
  const namespace = metadata && reader.text(metadata, 'namespace', { parent: 'metadata' });
  reader.misspelt(metadata, 'namespace', 'metadata');
  reader.misspelt(root, 'spec');
  const labels = reader.texts(metadata, 'labels');
  const annotations = reader.texts(metadata, 'annotations');
  const creationTimestamp = reader.loose(metadata, 'creationTimestamp');
  const spec = reader.map(root, root, 'spec', false) ?? { ...root, entries: [] };
  if (reader.diagnostics.length > 0) return reader.diagnostics;
  const { file, defaultNamespace, defaultKind = '' } = options;
  const envelope = {
    apiVersion: reader.loose(root, 'apiVersion'),
    kind: kind ?? defaultKind,
    name: name ?? '',
    namespace: namespace ? namespace : defaultNamespace,
  };
  let digest: string | undefined;
  return Object.freeze({
    ...envelope,
    labels,
    annotations,
    creationTimestamp,
    file,
    spec: spec as SpecNode,
    get digest() {
      digest ??= digestOf([
        toNode([
          ...Object.values(envelope),
          ...flatten(labels),
          '',
          ...flatten(annotations),
          ...dated(creationTimestamp),
        ]),
        spec,
      ]);
      return digest;
    },
    position: (path = '', offset = 0) => {
      const { place, node } = findNode(root, path);
      const textColumn = offset > 0 && node?.kind === 'scalar' ? node.textColumn : undefined;
      return { file, line: place.line, column: textColumn === undefined ? place.column : textColumn + offset };
    },
  });
}

class EnvelopeReader {
  readonly diagnostics: Diagnostic[] = [];

  constructor(private readonly file: string | undefined) {}

  report(at: { line: number; column: number }, path: string, message: string): void {
    const { line, column } = at;
    const where = path === '' ? {} : { path };
    const diagnostic = {
      severity: 'error',
      code: 'RESOURCE_INVALID',
      message,
      file: this.file,
      line,
      column,
      ...where,
    };
    this.diagnostics.push(diagnostic as Diagnostic);
  }

  map(root: MapNode, parent: MapNode, key: string, required: boolean): MapNode | undefined {
    const node = getValue(parent, key);
    if (node?.kind === 'map') return node;
    if (node !== undefined) this.report(node, key, `${key} must be a map, found ${describeNode(node)}`);
    else if (required) this.report(root, key, `${key} is missing`);
    return undefined;
  }

  text(map: MapNode, key: string, options: { required?: boolean; parent?: string } = {}): string | undefined {
    const node = getValue(map, key);
    const path = keyPath(options.parent ?? '', key);
    if (node?.kind === 'scalar' && typeof node.value === 'string') {
      if (node.value !== '' || options.required !== true) return node.value;
      this.report(node, path, `${path} is empty`);
    } else if (node !== undefined) {
      this.report(node, path, notText(path, node));
    } else if (options.required === true) {
      this.report(map, path, `${path} is missing`);
    }
    return undefined;
  }

  /**
   * Whether a key that may be left out is there in another spelling. Other keys of an envelope pass unread, but a rule
   * would do nothing without its spec, and apply elsewhere without its namespace.
   */
  misspelt(map: MapNode | undefined, key: string, parent = ''): void {
    if (map === undefined || map.entries.some((entry) => entry.key === key)) return;
    const near = map.entries.find((entry) => suggest(entry.key, [key]) !== undefined);
    if (near === undefined) return;
    this.report(near, keyPath(parent, near.key), `unknown field "${near.key}": did you mean "${key}"?`);
  }

  /** A scalar as written; empty when there is none. */
  loose(map: MapNode | undefined, key: string): string {
    const node = map && getValue(map, key);
    return node?.kind === 'scalar' ? node.source : '';
  }

  texts(metadata: MapNode | undefined, key: string): ReadonlyMap<string, string> {
    const texts = new Map<string, string>();
    const map = metadata && this.map(metadata, metadata, key, false);
    for (const entry of map?.entries ?? []) {
      const { value: node } = entry;
      const path = keyPath(`metadata.${key}`, entry.key);
      if (node.kind === 'scalar' && typeof node.value === 'string') texts.set(entry.key, node.value);
      else if (isNull(node)) texts.set(entry.key, '');
      else this.report(node, path, notText(path, node));
    }
    return texts;
  }
}

/** Says that text was wanted, and how to write it. */
export function notText(what: string, node: ConfigNode): string {
  const hint = node.kind === 'scalar' ? `; quote it: ${quote(node.source)}` : '';
  return `${what} must be text, found ${describeNode(node)}${hint}`;
}

function flatten(map: ReadonlyMap<string, string>): string[] {
  return [...map].toSorted(([a], [b]) => (a < b ? -1 : 1)).flat();
}

/** Of two resources the older one may count, so that its time is something that a resource says. */
function dated(creationTimestamp: string): string[] {
  return creationTimestamp === '' ? [] : ['', creationTimestamp, ''];
}

function toNode(texts: readonly string[]): ConfigNode {
  const place = { line: 1, column: 1 };
  const items = texts.map((value) => ({ kind: 'scalar', value, source: value, ...place }) as const);
  return { kind: 'list', items, ...place };
}

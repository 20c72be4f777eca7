import type { Position } from '../util/diagnostics.js';
import { specNode, toPlain } from './decode.js';
import { keyPath } from './path.js';
import type { Resource } from './resource.js';

/** One key of a map in a spec. */
export interface SpecEntry {
  readonly key: string;
  /** The path of the value, for `decodeSpec`, `specValue` and diagnostics. */
  readonly path: string;
  /** The place of the key. */
  readonly position: Position;
}

/** The keys of the map at a path, in their order; none when there is no map. */
export function specEntries(resource: Resource, at = 'spec'): readonly SpecEntry[] {
  const node = specNode(resource, at);
  if (node?.kind !== 'map') return [];
  const { file } = resource;
  return node.entries.map(({ key, line, column }) => ({
    key,
    path: keyPath(at, key),
    position: { file, line, column },
  }));
}

/** What stands at a path as plain frozen data, like the schema `any`; undefined when nothing does. */
export function specValue(resource: Resource, at = 'spec'): unknown {
  const node = specNode(resource, at);
  return node === undefined ? undefined : toPlain(node);
}

import { type Resource, resourceKey } from '../../config/index.js';
import type { Diagnostic } from '../../util/diagnostics.js';
import { decodeConfig, kindOf } from '../kinds/decode-config.js';
import type { Config } from '../kinds/kind.js';
import type { KindName, Specs } from '../kinds/table.js';
import { compareAge } from './precedence.js';

/** Decoded resources, and what is wrong with the others. */
export interface Configs {
  /** In the order of their age. */
  list<K extends KindName>(kind: K): readonly Config<Specs[K]>[];
  readonly diagnostics: readonly Diagnostic[];
  /** What is live, by the key of the resource. */
  readonly live: ReadonlyMap<string, Config<unknown>>;
}

const nothing: readonly never[] = Object.freeze([]);

/**
 * Decodes the resources that Pilot reads and passes over the others. One with errors keeps its last sound version,
 * taken from `former`, so that a slip does not tear down what works.
 */
export function readConfigs(resources: readonly Resource[], former?: Configs): Configs {
  const live = new Map<string, Config<unknown>>();
  const diagnostics: Diagnostic[] = [];
  for (const resource of resources) {
    const kind = kindOf(resource);
    if (kind === undefined) continue;
    const key = resourceKey(resource);
    const { config, diagnostics: found } = decodeConfig(resource, kind);
    diagnostics.push(...found);
    const kept = config ?? former?.live.get(key);
    if (kept !== undefined) live.set(key, kept);
  }
  const byKind = new Map<string, Config<unknown>[]>();
  for (const config of [...live.values()].sort(compareAge)) {
    const list = byKind.get(config.kind);
    if (list === undefined) byKind.set(config.kind, [config]);
    else list.push(config);
  }
  return Object.freeze({
    list: <K extends KindName>(kind: K) => (byKind.get(kind) ?? nothing) as readonly Config<Specs[K]>[],
    diagnostics,
    live,
  });
}

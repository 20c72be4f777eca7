import { createHash } from 'node:crypto';
import type { Adapter, InstanceTypes, OwnResources } from '../../sdk/index.js';
import type { HandlerConfig } from './handler-configs.js';
import type { Inferred } from './instance-shape.js';
import type { CompiledInstance } from './instances.js';
import { noResources, type OwnSet } from './own-resources.js';
import type { CompiledRule } from './rules.js';

/** A handler that some rule uses. */
export interface HandlerUse {
  readonly config: HandlerConfig;
  /**
   * Equal when a built handler can be carried over: adapter, params, the resources of the adapter's own kinds, and
   * every instance that reaches it with its name, template, params and types. (Mixer left the names out, and a renamed
   * instance met a handler that did not know it.)
   */
  readonly signature: string;
  /** As the signature, without params and resources: equal when a former version can serve these instances. */
  readonly shape: string;
  /** What `build` gets. */
  readonly types: InstanceTypes;
  /** What `build` gets; empty for an adapter without kinds of its own. */
  readonly resources: OwnResources;
}

/** Finds the handlers that rules use, ordered by key. `own` has the resources of each adapter's own kinds. */
export function collectUses(
  rules: readonly CompiledRule[],
  own: ReadonlyMap<Adapter, OwnSet> = new Map(),
): readonly HandlerUse[] {
  const reached = new Map<HandlerConfig, Set<CompiledInstance>>();
  for (const { actions } of rules) {
    for (const { handler, instances } of actions) {
      const known = reached.get(handler) ?? new Set();
      for (const instance of instances) known.add(instance);
      reached.set(handler, known);
    }
  }
  return [...reached]
    .sort(([a], [b]) => compare(a.key, b.key))
    .map(([config, instances]) =>
      describeUse(
        config,
        [...instances].sort((a, b) => compare(a.key, b.key)),
        own.get(config.adapter) ?? noResources,
      ),
    );
}

function describeUse(
  config: HandlerConfig,
  instances: readonly CompiledInstance[],
  { resources, fingerprint: ownFingerprint }: OwnSet,
): HandlerUse {
  const shape = createHash('sha1').update(config.adapter.name);
  const types = Object.create(null) as Record<string, Map<string, Inferred>>;
  for (const { name } of config.adapter.templates) types[name] = new Map();
  for (const { key, template, inferred, fingerprint } of instances) {
    shape.update('\n').update(fingerprint);
    types[template.name]?.set(key, inferred);
  }
  const shapeText = shape.digest('hex');
  const signature = createHash('sha1').update(config.fingerprint).update(ownFingerprint).update(shapeText);
  return {
    config,
    signature: signature.digest('hex'),
    shape: shapeText,
    types: types as unknown as InstanceTypes,
    resources,
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

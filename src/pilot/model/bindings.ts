import type { Diagnostic } from '../../util/diagnostics.js';
import { diagnose } from '../kinds/decode-config.js';
import { isSubsetOf } from '../kinds/host-name.js';
import type { Config } from '../kinds/kind.js';
import type { ServiceRef, SpecRef } from '../kinds/service-ref.js';

/** A binding, whatever kind of specs it is for. */
export interface Binding {
  readonly config: Config<unknown>;
  /** The name of the field with the specs. */
  readonly field: string;
  readonly services: readonly ServiceRef[];
  readonly specs: readonly SpecRef[];
}

/** Finds the specs that are bound to a host. */
export interface Bindings<T> {
  /** Each once, by namespace and name. */
  specsFor(hostname: string): readonly Config<T>[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Works out which specs are bound to which hosts; what a binding leaves out is its own namespace. */
export function indexBindings<T>(
  specs: readonly Config<T>[],
  bindings: readonly Binding[],
  domain: string,
): Bindings<T> {
  const byKey = new Map(specs.map((spec) => [keyOf(spec), spec]));
  const bound = bindings.map((binding) => {
    const { namespace } = binding.config;
    return {
      hosts: binding.services.map((ref) => hostOf(ref, namespace, domain)),
      keys: binding.specs.map((ref) => keyOf({ name: ref.name, namespace: ref.namespace || namespace })),
    };
  });
  return {
    specsFor(hostname) {
      const fitting = bound.filter(({ hosts }) => hosts.some((host) => isSubsetOf(hostname, host)));
      const keys = [...new Set(fitting.flatMap(({ keys: some }) => some))].sort();
      return keys.flatMap((key) => byKey.get(key) ?? []);
    },
    diagnostics: bindings.flatMap(({ config, field }, at) =>
      (bound[at]?.keys ?? []).flatMap((key, index) => {
        if (byKey.has(key)) return [];
        const message = `has no effect: there is no "${key}"`;
        const what = { severity: 'warning', code: 'CONFIG_INVALID', message } as const;
        return [diagnose(config.resource, `spec.${field}[${index}].name`, what)];
      }),
    ),
  };
}

function keyOf({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${namespace}/${name}`;
}

function hostOf(ref: ServiceRef, namespace: string, domain: string): string {
  if (ref.service !== '') return ref.service.toLowerCase();
  if (ref.name.includes('.')) return ref.name.toLowerCase();
  return `${ref.name}.${ref.namespace || namespace}.svc.${ref.domain || domain}`.toLowerCase();
}

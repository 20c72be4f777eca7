/** A service as bindings name it (`IstioService`). */
export interface ServiceRef {
  readonly name?: string;
  readonly namespace?: string;
  readonly domain?: string;
  /** The whole host, or `*` for all services. */
  readonly service?: string;
}

/** Where a binding lives: what its references leave out. */
export interface BindingScope {
  readonly namespace: string;
  /** `cluster.local` when left out. */
  readonly domain?: string;
}

/** A reference from a binding to a spec. */
export interface SpecRef {
  readonly name: string;
  /** The binding's when left out. */
  readonly namespace?: string;
}

/** A resource with its place. */
export interface Named {
  readonly name: string;
  readonly namespace: string;
}

/** A binding of specs to services. */
export interface SpecBinding extends BindingScope {
  readonly services: readonly ServiceRef[];
  readonly specs: readonly SpecRef[];
}

/** The host that a reference means. */
export function hostOf(ref: ServiceRef, scope: BindingScope): string {
  if (ref.service !== undefined && ref.service !== '') return ref.service;
  const name = ref.name ?? '';
  if (name.includes('.')) return name;
  return `${name}.${ref.namespace || scope.namespace}.svc.${ref.domain || (scope.domain ?? 'cluster.local')}`;
}

/** The specs that are bound to a host, each once, by namespace and name. Specs that there are not are passed over. */
export function boundSpecs<S extends Named>(
  host: string,
  { specs, bindings }: { readonly specs: readonly S[]; readonly bindings: readonly SpecBinding[] },
): readonly S[] {
  const wanted = new Set<string>();
  for (const binding of bindings) {
    const isBound = binding.services.some((ref) => ref.service === '*' || hostOf(ref, binding) === host);
    if (!isBound) continue;
    for (const { name, namespace } of binding.specs)
      wanted.add(keyOf({ name, namespace: namespace || binding.namespace }));
  }
  return specs.filter((spec) => wanted.has(keyOf(spec))).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function keyOf({ namespace, name }: Named): string {
  return `${namespace}/${name}`;
}

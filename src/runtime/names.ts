/** What a resource is called: its kind, its name and its namespace. */
export interface ResourceName {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
}

/** The key text `name.kind.namespace`, by which rules refer to a resource and adapters know an instance. */
export function resourceKey(resource: ResourceName): string {
  return `${resource.name}.${resource.kind}.${resource.namespace}`;
}

/** How status messages, metrics and logs name a handler: `name.namespace`, a legacy one by its whole key. */
export function handlerName(resource: ResourceName): string {
  return resource.kind === 'handler' ? `${resource.name}.${resource.namespace}` : resourceKey(resource);
}

/** What a quota request names: the part of an instance's key before its first dot, in lower case. */
export function quotaName(instanceKey: string): string {
  const dot = instanceKey.indexOf('.');
  return (dot < 0 ? instanceKey : instanceKey.slice(0, dot)).toLowerCase();
}

/**
 * The keys that a reference may mean, the preferred one first (mixer-core.md 5.3). One segment is a name in the
 * referring resource's namespace; `a.b` is name and kind there, else name and namespace; more is a key as it stands.
 */
export function candidateKeys(
  reference: string,
  from: { readonly kind: string; readonly namespace: string },
): string[] {
  const segments = reference.split('.');
  if (segments.length === 1) return [`${reference}.${from.kind}.${from.namespace}`];
  if (segments.length > 2) return [reference];
  const [first = '', second = ''] = segments;
  return [`${reference}.${from.namespace}`, `${first}.${from.kind}.${second}`];
}

/** Looks a reference up among resources by key; undefined when none of its readings exists. */
export function resolveReference<T>(
  index: ReadonlyMap<string, T>,
  reference: string,
  from: { readonly kind: string; readonly namespace: string },
): T | undefined {
  for (const key of candidateKeys(reference, from)) {
    const found = index.get(key);
    if (found !== undefined) return found;
  }
  return undefined;
}

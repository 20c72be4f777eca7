import type { Endpoint } from './endpoint.js';

/** With so much more than needed, a priority counts as whole although some of it is not well. */
const overprovisioning = 1.4;

export interface PriorityLevel {
  /** Of all requests, from above 0 to 1. */
  readonly load: number;
  /** So few are well that all are used. */
  readonly isPanic: boolean;
  readonly localities: readonly WeightedLocality[];
}

interface WeightedLocality {
  readonly weight: number;
  /** Those that can be used. */
  readonly endpoints: readonly Endpoint[];
}

interface Counted {
  readonly all: readonly Endpoint[];
  readonly usable: readonly Endpoint[];
  /** From 0 to 1. */
  readonly availability: number;
}

/**
 * Divides requests among priorities: the first takes what it can, the next what is left (Envoy's documentation, "Priority
 * levels" and "Panic threshold"). Levels that get nothing are left out; none are left when nobody can be used.
 */
export function shareLoad(endpoints: readonly Endpoint[], panicThreshold: number): readonly PriorityLevel[] {
  const counted = groupBy(endpoints, ({ priority }) => priority)
    .sort(([one], [other]) => one - other)
    .map(([, members]) => count(members));
  const total = Math.min(
    1,
    counted.reduce((sum, { availability }) => sum + availability, 0),
  );
  if (total === 0) return panicThreshold === 0 ? [] : shareByNumber(counted, endpoints.length);
  let left = 1;
  return counted.flatMap((level) => {
    const load = Math.min(left, level.availability / total);
    left -= load;
    const { all, usable } = level;
    const isPanic = total < 1 && (100 * usable.length) / all.length < panicThreshold;
    return load > 0 ? [{ load, isPanic, localities: localitiesOf(level, isPanic) }] : [];
  });
}

/** Nobody is well, and all are used. */
function shareByNumber(counted: readonly Counted[], total: number): readonly PriorityLevel[] {
  return counted.map((level) => ({
    load: level.all.length / total,
    isPanic: true,
    localities: localitiesOf(level, true),
  }));
}

function localitiesOf({ all, usable }: Counted, isPanic: boolean): readonly WeightedLocality[] {
  const sizes = new Map(groupBy(all, localityOf).map(([name, { length }]) => [name, length]));
  return groupBy(isPanic ? all : usable, localityOf).map(([name, endpoints]) => {
    const availability = Math.min(1, (overprovisioning * endpoints.length) / sizes.get(name)!);
    return { weight: endpoints[0]!.localityWeight * availability, endpoints };
  });
}

function count(all: readonly Endpoint[]): Counted {
  const usable = all.filter(({ isUsable }) => isUsable);
  return { all, usable, availability: Math.min(1, (overprovisioning * usable.length) / all.length) };
}

function localityOf({ locality }: Endpoint): string {
  return locality;
}

function groupBy<Key>(endpoints: readonly Endpoint[], keyOf: (endpoint: Endpoint) => Key): [Key, Endpoint[]][] {
  const groups = new Map<Key, Endpoint[]>();
  for (const endpoint of endpoints) {
    const key = keyOf(endpoint);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [endpoint]);
    else group.push(endpoint);
  }
  return [...groups];
}

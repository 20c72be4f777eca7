import { listEndpoints } from '../proxy-config/endpoints.js';
import type { ProxyDump } from '../proxy-config/proxy-dump.js';
import { differences } from './same-message.js';

const titles = { clusters: 'Clusters', listeners: 'Listeners', routes: 'Routes' } as const;

/** How a kind of resources of a proxy differs from what Pilot has for it. */
export interface Comparison {
  readonly title: string;
  /** `+` for what the proxy lacks, `-` for what it has and should not, `~` for what is another. */
  readonly lines: readonly string[];
}

/** Compares what a proxy has with what Pilot would send. What a proxy was started with, Pilot does not know. */
export function compareDumps(proxy: ProxyDump, wanted: ProxyDump): readonly Comparison[] {
  const kinds = Object.entries(titles) as readonly [keyof typeof titles, string][];
  return [
    ...kinds.map(([kind, title]) => ({ title, lines: compareNamed(byName(proxy[kind]), byName(wanted[kind])) })),
    { title: 'Endpoints', lines: compareNamed(placesOf(proxy), placesOf(wanted)) },
  ];
}

function compareNamed(has: ReadonlyMap<string, object>, should: ReadonlyMap<string, object>): readonly string[] {
  const names = [...new Set([...has.keys(), ...should.keys()])].sort();
  return names.flatMap((name) => {
    const [some, other] = [has.get(name), should.get(name)];
    if (some === undefined) return [`+ ${name}`];
    if (other === undefined) return [`- ${name}`];
    const found = differences(some, other);
    return found.length === 0 ? [] : [`~ ${name}: ${found.slice(0, 5).join(', ')}`];
  });
}

function byName(list: ProxyDump['clusters']): ReadonlyMap<string, object> {
  return new Map(list.filter(({ isStatic }) => !isStatic).map(({ name, message }) => [name, message]));
}

/** Places by cluster and address: a proxy writes down what Pilot leaves to it, such as weights of 1. */
function placesOf(dump: ProxyDump): ReadonlyMap<string, object> {
  const { rows } = listEndpoints({ ...dump, endpoints: dump.endpoints.filter(({ isStatic }) => !isStatic) }, {});
  return new Map(rows.map(({ cells: [endpoint, , , cluster] }) => [`${cluster} ${endpoint}`, {}]));
}

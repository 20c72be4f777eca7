import type { UpstreamCluster } from '../../upstream/types.js';
import type { StatKind, StatReading } from './stats.js';

/** The numbers of all clusters: `cluster.<name>.…`. */
export function* readClusters(clusters: Iterable<UpstreamCluster>): Iterable<StatReading> {
  for (const { name, stats } of clusters) yield { kind: 'cluster', name, values: stats };
}

/** Numbers by name, as listeners and TCP chains have them. */
export function* readNamed(
  kind: StatKind,
  named: ReadonlyMap<string, ReadonlyMap<string, number>>,
): Iterable<StatReading> {
  for (const [name, values] of named) yield { kind, name, values };
}

/** The numbers of a Mixer client, which has no name of its own (mesh.md 1.15). */
export function readMixer(
  kind: 'http_mixer_filter' | 'tcp_mixer_filter',
  statistics: Readonly<Record<string, number>>,
): Iterable<StatReading> {
  return [{ kind, name: '', values: Object.entries(statistics) }];
}

/** The numbers of the proxy itself: `server.…`. */
export function readServer(state: keyof typeof states, uptimeMillis: number): Iterable<StatReading> {
  const values = [
    ['live', state === 'LIVE' ? 1 : 0],
    ['state', states[state]],
    ['uptime', Math.floor(uptimeMillis / 1000)],
  ] as const;
  return [{ kind: 'server', name: '', values }];
}

/** By the numbers that Envoy gives them. */
const states = { LIVE: 0, DRAINING: 1, PRE_INITIALIZING: 2, INITIALIZING: 3 } as const;

import { computeBounds } from './buckets.js';
import type { MetricConfig } from './config.js';
import { fullName, safeName } from './naming.js';

/** A label: its exposed name, and the dimension it is read from. */
interface Label {
  readonly name: string;
  readonly dimension: string;
}

/** One metric as it is exposed. Definitions with the same `shape` share their series. */
export interface Definition {
  readonly instanceName: string;
  readonly fullName: string;
  readonly help: string;
  readonly kind: 'GAUGE' | 'COUNTER' | 'DISTRIBUTION';
  /** Sorted by name, as they are exposed. */
  readonly labels: readonly Label[];
  /** What exemplars are labelled with; undefined when there are none. */
  readonly exemplar: Label | undefined;
  /** Finite upper bounds; empty unless it is a DISTRIBUTION. */
  readonly bounds: readonly number[];
  /** Equal for definitions that differ in nothing a scraper could see. */
  readonly shape: string;
}

/** Resolves a valid piece of configuration: names sanitised, labels sorted, bounds computed. */
export function createDefinition(config: MetricConfig): Definition {
  const labels = config.labelNames
    .map((dimension) => ({ name: safeName(dimension), dimension }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const dimension = config.exemplarDimension;
  const kind = config.kind === 'UNSPECIFIED' ? 'GAUGE' : config.kind;
  const help = config.description || config.name || config.instanceName;
  const bounds = kind === 'DISTRIBUTION' ? computeBounds(config.buckets) : [];
  const names = labels.map((label) => label.name);
  return {
    instanceName: config.instanceName,
    fullName: fullName(config),
    help,
    kind,
    labels,
    exemplar: dimension === '' ? undefined : { name: safeName(dimension), dimension },
    bounds,
    shape: JSON.stringify([kind, help, names, bounds]),
  };
}

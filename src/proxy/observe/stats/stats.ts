import { Histogram } from './histogram.js';

/** What the statistics are about. The first label of Envoy's names. */
export type StatKind = 'http' | 'cluster' | 'listener' | 'tcp' | 'server' | 'http_mixer_filter' | 'tcp_mixer_filter';

/** A number that is counted on the request path: resolve it once, then add to `value`. */
export interface Stat {
  readonly type: 'counter' | 'gauge';
  value: number;
}

/** Numbers that somebody else counts, read when they are asked for. */
export interface StatReading {
  readonly kind: StatKind;
  /** Empty where there is only one of the kind. */
  readonly name: string;
  readonly values: Iterable<readonly [leaf: string, value: number]>;
}

/** One number by its place. */
export interface StatValue {
  readonly kind: StatKind;
  readonly name: string;
  readonly leaf: string;
  readonly type: Stat['type'];
  readonly value: number;
}

export interface HistogramValue extends Pick<StatValue, 'kind' | 'name' | 'leaf'> {
  readonly histogram: Histogram;
}

/** All numbers of one moment, in no order. */
export interface StatSnapshot {
  readonly values: readonly StatValue[];
  readonly histograms: readonly HistogramValue[];
}

/** The numbers about one thing. */
export class StatGroup {
  readonly stats = new Map<string, Stat>();
  readonly histograms = new Map<string, Histogram>();

  constructor(
    readonly kind: StatKind,
    readonly name: string,
  ) {}

  counter(leaf: string): Stat {
    return this.#stat(leaf, 'counter');
  }

  gauge(leaf: string): Stat {
    return this.#stat(leaf, 'gauge');
  }

  histogram(leaf: string): Histogram {
    let histogram = this.histograms.get(leaf);
    if (histogram === undefined) this.histograms.set(leaf, (histogram = new Histogram()));
    return histogram;
  }

  #stat(leaf: string, type: Stat['type']): Stat {
    let stat = this.stats.get(leaf);
    if (stat === undefined) this.stats.set(leaf, (stat = { type, value: 0 }));
    return stat;
  }
}

/** The statistics of a proxy, by Envoy's names. They outlive configurations. */
export class Stats {
  readonly #groups = new Map<StatKind, Map<string, StatGroup>>();
  readonly #sources: (() => Iterable<StatReading>)[] = [];

  /** The same one each time. */
  group(kind: StatKind, name = ''): StatGroup {
    let named = this.#groups.get(kind);
    if (named === undefined) this.#groups.set(kind, (named = new Map<string, StatGroup>()));
    let group = named.get(name);
    if (group === undefined) named.set(name, (group = new StatGroup(kind, name)));
    return group;
  }

  /** Numbers that are counted elsewhere, as those of clusters and listeners are. */
  addSource(read: () => Iterable<StatReading>): void {
    this.#sources.push(read);
  }

  /** Forgets what a new configuration does not have any more. */
  retain(kind: StatKind, names: ReadonlySet<string>): void {
    const named = this.#groups.get(kind);
    for (const name of named?.keys() ?? []) if (!names.has(name)) named?.delete(name);
  }

  snapshot(): StatSnapshot {
    const values: StatValue[] = [];
    const histograms: HistogramValue[] = [];
    for (const group of [...this.#groups.values()].flatMap((named) => [...named.values()])) {
      const { kind, name } = group;
      for (const [leaf, { type, value }] of group.stats) values.push({ kind, name, leaf, type, value });
      for (const [leaf, histogram] of group.histograms) histograms.push({ kind, name, leaf, histogram });
    }
    for (const read of this.#sources) {
      for (const { kind, name, values: readings } of read()) {
        for (const [leaf, value] of readings) values.push({ kind, name, leaf, type: typeOf(leaf), value });
      }
    }
    return { values, histograms };
  }
}

/** Envoy's naming tells a gauge. */
function typeOf(leaf: string): Stat['type'] {
  return gauge.test(leaf) ? 'gauge' : 'counter';
}

const gauge =
  /_active$|_open$|^membership_(?:healthy|total|degraded|excluded)$|^health_check\.healthy$|^(?:live|state|uptime)$/;

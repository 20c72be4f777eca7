import { type Clock, Timestamp } from 'fairlead/sdk';
import type { Measure } from './measure.js';
import { type LabelPairs, type Labels, type MonitoredResource, toLabels } from './resource.js';

/** A metric as it was configured. */
export interface MetricDefinition {
  readonly type: string;
  /** Undefined when it was not configured: the descriptor at Google says it then. */
  readonly kind: 'GAUGE' | 'DELTA' | 'CUMULATIVE' | undefined;
  readonly measure: Measure;
}

/** What a value was measured of. */
export interface Subject {
  readonly metric: MetricDefinition;
  readonly labels: LabelPairs;
  readonly resourceType: string;
  readonly resourceLabels: LabelPairs;
}

/** A point on its way. */
export interface SeriesItem {
  readonly json: string;
  /** Tells the series among others, as {@link seriesId} makes it. */
  readonly id: string;
}

interface Series extends Subject {
  state: unknown;
  /** Microseconds since the epoch. */
  readonly start: number;
}

// All in microseconds. Cloud Monitoring refuses points of a series whose ends are closer than that,
const leastBetweenEnds = 5_000_000;
// intervals that follow the one before without a gap, as those of sums that start anew,
const leastGap = 1000;
// and points that are further in the future.
const mostAhead = 300_000_000;

/**
 * Values that have come together since they were last taken, one point for each series: numbers and counts of buckets
 * add up, of texts and booleans the last one stays (adapters.md 4.8).
 */
export class SeriesTable {
  readonly #clock: Clock;
  readonly #limits: { readonly series: number; readonly bytes: number };
  readonly #series = new Map<string, Series>();
  #bytes = 0;
  #lastEnd = 0;

  constructor(clock: Clock, limits: { readonly series: number; readonly bytes: number }) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Whether there is no room for another series. */
  get isFull(): boolean {
    return this.#series.size >= this.#limits.series || this.#bytes >= this.#limits.bytes;
  }

  /** About how much memory there is in it. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether it was not taken a moment ago, so that Google would take it. */
  get isRipe(): boolean {
    return this.#now() - this.#lastEnd >= leastBetweenEnds;
  }

  /** Adds what the metric's measure has read; false when it is of a new series and there is no room. */
  add(subject: Subject, reading: unknown): boolean {
    const { measure } = subject.metric;
    const key = keyOf(subject);
    const series = this.#series.get(key);
    if (series !== undefined) {
      series.state = measure.add(series.state, reading);
      return true;
    }
    if (this.isFull) return false;
    this.#series.set(key, { ...subject, state: measure.add(undefined, reading), start: this.#now() });
    this.#bytes += 2 * key.length + 200;
    return true;
  }

  /** Takes what there is and starts anew. What makes it JSON is given: for all at once requests would wait too long. */
  take(toResource: (type: string, labels: LabelPairs) => MonitoredResource): readonly (() => SeriesItem)[] {
    if (this.#series.size === 0) return [];
    const end = this.#nextEnd();
    const earliest = this.#lastEnd + leastGap;
    const items = Array.from(this.#series.values(), (series) => (): SeriesItem => {
      const { metric, labels, resourceType, resourceLabels } = series;
      const name = { type: metric.type, labels: toLabels(labels) };
      const resource = toResource(resourceType, resourceLabels);
      const interval = intervalOf(metric, Math.max(series.start, earliest), end);
      const json = JSON.stringify({
        metric: name,
        resource,
        metricKind: metric.kind,
        valueType: metric.measure.valueType,
        points: [{ interval, value: metric.measure.toJson(series.state) }],
      });
      return { json, id: seriesId(name, resource) };
    });
    this.#lastEnd = end;
    this.#series.clear();
    this.#bytes = 0;
    return items;
  }

  #now(): number {
    return Math.floor(this.#clock.now() * 1000);
  }

  /** Now, or somewhat later when the last end was just before. A clock that was set back by far is followed. */
  #nextEnd(): number {
    const now = this.#now();
    const earliest = this.#lastEnd + leastBetweenEnds;
    return earliest > now + mostAhead ? now : Math.max(now, earliest);
  }
}

/** What tells a series from all others at Google. */
export function seriesId(
  metric: { readonly type: string; readonly labels: Labels },
  resource: { readonly type: string; readonly labels: Labels },
): string {
  const pairs = (labels: Labels): unknown => Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return JSON.stringify([metric.type, pairs(metric.labels), resource.type, pairs(resource.labels)]);
}

/** A gauge has a moment, all others a time; Google refuses what does not keep to that. */
function intervalOf({ kind }: MetricDefinition, start: number, end: number): object {
  const endTime = timeOf(end);
  if (kind !== 'DELTA' && kind !== 'CUMULATIVE') return { endTime };
  return { startTime: timeOf(Math.min(start, end - leastGap)), endTime };
}

function timeOf(micros: number): string {
  const seconds = Math.floor(micros / 1_000_000);
  return new Timestamp(seconds, (micros - seconds * 1_000_000) * 1000).toString();
}

/** As {@link seriesId}, but cheap: the length of each text tells where the next one begins. */
function keyOf({ metric, labels, resourceType, resourceLabels }: Subject): string {
  let key = `${metric.type}\n${metric.measure.valueType}\n${resourceType}\n${labels.length}`;
  for (const [name, text] of labels) key += `\n${name.length}:${name}=${text.length}:${text}`;
  for (const [name, text] of resourceLabels) key += `\n${name.length}:${name}=${text.length}:${text}`;
  return key;
}

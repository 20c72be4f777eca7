import { RE2JS } from 're2js';
import type { HistogramValue, StatSnapshot, StatValue } from './stats.js';

/** Which statistics a page shows. */
export interface StatFilter {
  /** RE2 syntax, found anywhere in a name. */
  readonly pattern: RE2JS | undefined;
  /** Without those that are still 0. */
  readonly usedOnly: boolean;
}

/** Reads `filter` and `usedonly` of a query. Throws for an expression that is none. */
export function parseStatFilter(query: URLSearchParams): StatFilter {
  const filter = query.get('filter');
  return { pattern: filter === null ? undefined : RE2JS.compile(filter), usedOnly: query.has('usedonly') };
}

/** The name as Envoy writes it: `cluster.<name>.upstream_rq_total`. */
export function fullName({ kind, name, leaf }: Pick<StatValue, 'kind' | 'name' | 'leaf'>): string {
  return name === '' ? `${kind}.${leaf}` : `${kind}.${name}.${leaf}`;
}

/** Those that are wanted. */
export function filterStats({ values, histograms }: StatSnapshot, { pattern, usedOnly }: StatFilter): StatSnapshot {
  const isWanted = (stat: StatValue | HistogramValue): boolean => {
    if (usedOnly && ('histogram' in stat ? stat.histogram.count : stat.value) === 0) return false;
    return pattern === undefined || pattern.matcher(fullName(stat)).find();
  };
  return { values: values.filter(isWanted), histograms: histograms.filter(isWanted) };
}

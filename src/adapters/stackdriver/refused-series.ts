import type { SendOutcome } from 'fairlead/sdk/delivery';
import { type Failure, isLater } from './failure.js';
import { countOf, type Json, objectOf, objectsOf, textOf } from './json.js';
import type { Labels } from './resource.js';
import { type SeriesItem, seriesId } from './series.js';

const prefix = 'type.googleapis.com/google.monitoring.v3.';
/** `timeSeries[3]`, `timeSeries[0-2,7]` */
const indexes = /timeSeries\[([\d,-]+)\]/g;

/**
 * What Cloud Monitoring did not take of a batch; undefined when it took nothing. It names each refused series, or only
 * says how many there are, of which kinds, and in its message which.
 */
export function refusedSeries(failure: Failure, batch: readonly SeriesItem[]): SendOutcome<SeriesItem> | undefined {
  const named = failure.details.filter((detail) => detail['@type'] === `${prefix}CreateTimeSeriesError`);
  if (named.length > 0) return byName(failure, named, batch);
  const summary = failure.details.find((detail) => detail['@type'] === `${prefix}CreateTimeSeriesSummary`);
  return summary === undefined ? undefined : bySummary(failure, summary, batch);
}

function byName(failure: Failure, errors: readonly Json[], batch: readonly SeriesItem[]): SendOutcome<SeriesItem> {
  const byId = new Map(batch.map((item) => [item.id, item]));
  const again: SeriesItem[] = [];
  let rejected = 0;
  let reason = failure.text;
  for (const error of errors) {
    const { code, message } = objectOf(error['status']);
    const item = byId.get(idOf(objectOf(error['timeSeries'])));
    if (item !== undefined && isLater(countOf(code))) again.push(item);
    else rejected += 1;
    reason = textOf(message) || reason;
  }
  return { kind: 'partial', reason, again, rejected, ...waitOf(failure) };
}

function bySummary(failure: Failure, summary: Json, batch: readonly SeriesItem[]): SendOutcome<SeriesItem> | undefined {
  const errors = objectsOf(summary['errors']);
  const failed = errors.reduce((sum, error) => sum + countOf(error['pointCount']), 0);
  const again = errors.every((error) => isLater(countOf(objectOf(error['status'])['code'])))
    ? itemsIn(failure.message, batch)
    : [];
  // Whatever is not known by name, a second time it would be out of order.
  if (countOf(summary['successPointCount']) === 0 && again.length === 0) return undefined;
  const rejected = Math.max(0, failed - again.length);
  return { kind: 'partial', reason: failure.text, again, rejected, ...waitOf(failure) };
}

function itemsIn(message: string, batch: readonly SeriesItem[]): SeriesItem[] {
  const found = new Set<SeriesItem>();
  for (const [, list = ''] of message.matchAll(indexes)) {
    for (const range of list.split(',')) {
      const [from = '', to = from] = range.split('-');
      for (const item of batch.slice(Number(from), Number(to) + 1)) found.add(item);
    }
  }
  return [...found];
}

function idOf(series: Json): string {
  const part = (value: unknown): { readonly type: string; readonly labels: Labels } => {
    const { type, labels } = objectOf(value);
    return { type: textOf(type), labels: objectOf(labels) as Labels };
  };
  return seriesId(part(series['metric']), part(series['resource']));
}

function waitOf({ retryAfterMillis }: Failure): { readonly retryAfterMillis?: number } {
  return retryAfterMillis === undefined ? {} : { retryAfterMillis };
}

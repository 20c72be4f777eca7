import type { Timestamp } from 'fairlead/sdk';

import { unixNanos, writeKeyValue } from './attributes.js';
import type { Definition } from './definition.js';
import type { Series } from './series.js';
import type { Sink, Write } from './sink.js';

const CUMULATIVE = 2;

/** Some streams of a metric as they were at a time. */
export interface MetricPart {
  readonly definition: Definition;
  readonly series: readonly Series[];
  readonly start: Timestamp;
  readonly time: Timestamp;
}

/** A Metric (opentelemetry/proto/metrics/v1/metrics.proto). */
export const writeMetric: Write<MetricPart> = (sink, part) => {
  const { name, description, unit, kind } = part.definition;
  sink.text(1, 'name', name);
  if (description !== '') sink.text(2, 'description', description);
  if (unit !== '') sink.text(3, 'unit', unit);
  if (kind === 'GAUGE') {
    sink.message(5, 'gauge', (data) => writePoints(data, part, writeNumber));
  } else if (kind === 'COUNTER') {
    sink.message(7, 'sum', (data) => {
      writePoints(data, part, writeNumber);
      data.uint32(2, 'aggregationTemporality', CUMULATIVE);
      data.bool(3, 'isMonotonic', true);
    });
  } else {
    sink.message(9, 'histogram', (data) => {
      writePoints(data, part, writeHistogram);
      data.uint32(2, 'aggregationTemporality', CUMULATIVE);
    });
  }
};

function writePoints(
  sink: Sink,
  part: MetricPart,
  write: (point: Sink, series: Series, part: MetricPart) => void,
): void {
  sink.messages(1, 'dataPoints', part.series, (point, series) => write(point, series, part));
}

function writeNumber(point: Sink, series: Series, part: MetricPart): void {
  point.messages(7, 'attributes', series.attributes, writeKeyValue);
  writeTimes(point, part);
  if (typeof series.value === 'bigint') point.sfixed64(6, 'asInt', series.value);
  else point.double(4, 'asDouble', series.value);
}

function writeHistogram(point: Sink, series: Series, part: MetricPart): void {
  const { count, counts, min, max } = series.histogram!;
  point.messages(9, 'attributes', series.attributes, writeKeyValue);
  writeTimes(point, part);
  point.fixed64(4, 'count', BigInt(count));
  point.double(5, 'sum', Number(series.value));
  point.fixed64s(6, 'bucketCounts', counts);
  point.doubles(7, 'explicitBounds', part.definition.bounds);
  point.double(11, 'min', min);
  point.double(12, 'max', max);
}

function writeTimes(point: Sink, { definition, start, time }: MetricPart): void {
  // A gauge starts anew with each value.
  if (definition.kind !== 'GAUGE') point.fixed64(2, 'startTimeUnixNano', unixNanos(start));
  point.fixed64(3, 'timeUnixNano', unixNanos(time));
}

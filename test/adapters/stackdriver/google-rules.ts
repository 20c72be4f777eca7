import { Timestamp } from 'fairlead/sdk';
import type { Body } from './google.js';

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;
const int64 = /^-?\d{1,19}$/;
const severities = ['DEFAULT', 'DEBUG', 'INFO', 'NOTICE', 'WARNING', 'ERROR', 'CRITICAL', 'ALERT', 'EMERGENCY'];
const values = {
  BOOL: ['boolValue', (value: unknown) => typeof value === 'boolean'],
  INT64: ['int64Value', (value: unknown) => typeof value === 'string' && int64.test(value)],
  DOUBLE: ['doubleValue', (value: unknown) => typeof value === 'number'],
  STRING: ['stringValue', (value: unknown) => typeof value === 'string' && value.length <= 1024],
  DISTRIBUTION: ['distributionValue', isDistribution],
} as const;

/** Nanoseconds since the epoch: as texts, times do not compare. */
export function nanosOf(text: unknown): bigint {
  const { seconds = 0, nanos = 0 } = Timestamp.parse(text as string) ?? {};
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanos);
}

const allowed = {
  series: ['metric', 'resource', 'metricKind', 'valueType', 'points'],
  entry: ['logName', 'resource', 'timestamp', 'severity', 'insertId', 'labels', 'textPayload', 'httpRequest'],
  request: [
    ...['requestMethod', 'requestUrl', 'requestSize', 'status', 'responseSize', 'userAgent', 'remoteIp', 'serverIp'],
    ...['referer', 'latency'],
  ],
  span: [
    ...['name', 'spanId', 'parentSpanId', 'displayName', 'startTime', 'endTime', 'attributes', 'timeEvents', 'status'],
    ...['spanKind', 'sameProcessAsParentSpan'],
  ],
};

/** A field that the message does not have: the APIs refuse the whole call for it. */
function unknownField(message: Body, kind: keyof typeof allowed): string | undefined {
  const unknown = Object.keys(message).find((name) => !allowed[kind].includes(name));
  return unknown === undefined ? undefined : `unknown field ${unknown}`;
}

/** Why Cloud Monitoring would refuse a series. */
export function seriesProblem(series: Body): string | undefined {
  const { metric, resource, metricKind, valueType, points } = series;
  const unknown = unknownField(series, 'series');
  if (unknown !== undefined) return unknown;
  if (typeof metric.type !== 'string' || !/^[\w.-]+\.[\w-]+\/[\w./-]+$/.test(metric.type)) return 'metric type';
  if (typeof resource.type !== 'string' || resource.type === '') return 'no resource';
  for (const text of [...Object.values(metric.labels as object), ...Object.values(resource.labels as object)]) {
    if (typeof text !== 'string' || text.length > 1024) return 'a label is too long';
  }
  if (points.length !== 1) return 'not one point';
  const { interval, value } = points[0];
  const problem = intervalProblem(metricKind, interval);
  if (problem !== undefined) return problem;
  const [name, isValue] = values[valueType as keyof typeof values];
  return Object.keys(value as object).join() === name && isValue(value[name]) ? undefined : `no ${valueType}`;
}

function intervalProblem(kind: unknown, { startTime, endTime }: Body): string | undefined {
  if (!time.test(endTime as string)) return 'no end';
  if (kind === 'CUMULATIVE' || kind === 'DELTA') {
    return time.test(startTime as string) && nanosOf(startTime) < nanosOf(endTime) ? undefined : 'no interval';
  }
  return startTime === undefined || startTime === endTime ? undefined : 'a gauge with an interval';
}

/** Why Cloud Monitoring would refuse a point after another of its series. */
export function orderProblem(series: Body, before: Body | undefined): string | undefined {
  if (before === undefined) return undefined;
  const { startTime, endTime } = series['points'][0].interval as Body;
  const last = nanosOf(before['points'][0].interval.endTime);
  if (nanosOf(endTime) - last < 5_000_000_000n) return 'two points within 5 seconds';
  const isLate = series['metricKind'] === 'CUMULATIVE' && nanosOf(startTime) - last < 1_000_000n;
  return isLate ? 'intervals without a gap' : undefined;
}

function isDistribution(value: unknown): boolean {
  const { count, bucketOptions, bucketCounts } = value as Body;
  const [[kind, options] = []] = Object.entries(bucketOptions as Record<string, Body>);
  const buckets =
    kind === 'explicitBuckets' ? Number(options?.['bounds'].length) + 1 : Number(options?.['numFiniteBuckets']) + 2;
  const sum = (bucketCounts as readonly string[]).reduce((total, one) => total + Number(one), 0);
  return typeof count === 'string' && Number(count) === sum && bucketCounts.length === buckets;
}

/** Why Cloud Logging would refuse an entry. */
export function entryProblem(entry: Body): string | undefined {
  const unknown = unknownField(entry, 'entry') ?? unknownField((entry['httpRequest'] ?? {}) as Body, 'request');
  if (unknown !== undefined) return unknown;
  if (!/^projects\/p\/logs\/[\w.%-]{1,511}$/.test(entry['logName'] as string)) return 'log name';
  if (typeof entry['resource']?.type !== 'string') return 'no resource';
  if (!time.test(entry['timestamp'] as string)) return 'timestamp';
  if (!severities.includes(entry['severity'] as string)) return 'severity';
  if (!/^[A-Za-z0-9._-]{1,512}$/.test(entry['insertId'] as string)) return 'insert id';
  if (typeof entry['textPayload'] !== 'string') return 'no payload';
  if (Buffer.byteLength(JSON.stringify(entry)) > 256 * 1024) return 'too large';
  return Object.values(entry['labels'] as object).every((label) => typeof label === 'string')
    ? requestProblem((entry['httpRequest'] ?? {}) as Body)
    : 'labels';
}

function requestProblem({
  status = 200,
  requestSize = '0',
  responseSize = '0',
  latency = '0s',
}: Body): string | undefined {
  if (!Number.isInteger(status)) return 'status';
  if (!int64.test(requestSize as string) || !int64.test(responseSize as string)) return 'size';
  return /^\d+(?:\.\d{1,9})?s$/.test(latency as string) ? undefined : 'latency';
}

/** Why Cloud Trace would refuse a span. */
export function spanProblem(span: Body): string | undefined {
  const { spanId, parentSpanId = spanId, displayName, startTime, endTime, attributes } = span;
  const unknown = unknownField(span, 'span');
  if (unknown !== undefined) return unknown;
  if (!new RegExp(`^projects/p/traces/[0-9a-f]{32}/spans/${spanId}$`).test(span['name'] as string)) return 'name';
  if (!/^[0-9a-f]{16}$/.test(parentSpanId as string)) return 'parent';
  if (Buffer.byteLength(displayName.value as string) > 128) return 'display name';
  const inTime = time.test(startTime as string) && time.test(endTime as string) && startTime >= '0001-01-01T00:00:00Z';
  if (!inTime || nanosOf(startTime) > nanosOf(endTime)) return 'times';
  const entries = Object.entries(attributes.attributeMap as Record<string, Body>);
  if (entries.length > 32) return 'too many attributes';
  return entries.every(([key, value]) => Buffer.byteLength(key) <= 128 && isAttribute(value)) ? undefined : 'attribute';
}

function isAttribute({ stringValue, intValue, boolValue }: Body): boolean {
  if (stringValue !== undefined) return Buffer.byteLength(stringValue.value as string) <= 256;
  return typeof boolValue === 'boolean' || int64.test(intValue as string);
}

import type { Body } from './google-server.js';

const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;
const int64 = /^-?\d{1,19}$/;

type Check = (value: unknown) => string | undefined;
type Shape = Readonly<Record<string, Check>>;

const text: Check = (value) => (typeof value === 'string' ? undefined : 'is no text');
const number: Check = (value) => (typeof value === 'number' ? undefined : 'is no number');
const matches =
  (pattern: RegExp): Check =>
  (value) =>
    typeof value === 'string' && pattern.test(value) ? undefined : `does not match ${String(pattern)}`;
const list =
  (item: Check): Check =>
  (value) =>
    Array.isArray(value) && value.length > 0 ? value.map(item).find(Boolean) : 'is no list';
const texts: Check = (value) =>
  Object.values(value as object)
    .map(text)
    .find(Boolean);
const maybe =
  (check: Check): Check =>
  (value) =>
    value === undefined ? undefined : check(value);
const shape =
  (fields: Shape): Check =>
  (value) => {
    if (typeof value !== 'object' || value === null) return 'is no object';
    const unknown = Object.keys(value).find((name) => !Object.hasOwn(fields, name));
    if (unknown !== undefined) return `has the unknown field ${unknown}`;
    for (const [name, check] of Object.entries(fields)) {
      const problem = check((value as Body)[name]);
      if (problem !== undefined) return `${name} ${problem}`;
    }
    return undefined;
  };

const distribution = shape({
  count: matches(int64),
  mean: number,
  minimum: number,
  maximum: number,
  bucketCounts: list(matches(int64)),
  exponentialBuckets: shape({ numFiniteBuckets: number, growthFactor: number, scale: number }),
});
const metricValues = list(
  shape({
    startTime: maybe(matches(timestamp)),
    endTime: maybe(matches(timestamp)),
    int64Value: maybe(matches(int64)),
    distributionValue: maybe(distribution),
  }),
);
const metrics = list(shape({ metricName: text, metricValues }));
const logEntry = shape({
  name: text,
  timestamp: matches(timestamp),
  severity: matches(/^(DEFAULT|DEBUG|INFO|NOTICE|WARNING|ERROR|CRITICAL|ALERT|EMERGENCY)$/),
  structPayload: maybe((value) => (typeof value === 'object' ? undefined : 'is no object')),
});

const bodies: Readonly<Record<string, Check>> = {
  check: shape({
    operation: shape({
      operationId: text,
      operationName: text,
      consumerId: matches(/^api_key:./),
      startTime: matches(timestamp),
    }),
  }),
  allocateQuota: shape({
    allocateOperation: shape({
      operationId: text,
      methodName: text,
      consumerId: matches(/^api_key:./),
      quotaMetrics: metrics,
      quotaMode: matches(/^(NORMAL|BEST_EFFORT|CHECK_ONLY|QUERY_ONLY|ADJUST_ONLY)$/),
    }),
  }),
  report: shape({
    operations: list(
      shape({
        operationId: text,
        operationName: text,
        consumerId: maybe(matches(/^api_key:./)),
        startTime: matches(timestamp),
        endTime: matches(timestamp),
        labels: texts,
        metricValueSets: metrics,
        logEntries: list(logEntry),
      }),
    ),
  }),
};

/** What is wrong with a request, as the public description of the API has it. Remembers ids, which must be unique. */
export function checkBody(method: string, body: Body, ids: Set<string>): readonly string[] {
  const problem = bodies[method]?.(body);
  if (problem !== undefined) return [`${method}: ${problem}`];
  const operations = (body['operations'] ?? [body['operation'] ?? body['allocateOperation']]) as readonly Body[];
  return operations.flatMap(({ operationId }) => {
    const id = String(operationId);
    // A report that comes again is the same report.
    if (ids.has(id) && method !== 'report') return [`${method}: the id ${id} comes again`];
    ids.add(id);
    return [];
  });
}

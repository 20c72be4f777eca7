import type { Body } from './aws-server.js';

const hour = 3_600_000;
const day = 24 * hour;
const ascii = /^[\x20-\x7e]+$/;
const sizes = ['Bytes', 'Kilobytes', 'Megabytes', 'Gigabytes', 'Terabytes'].flatMap((one) => [
  one,
  one.replace('ytes', 'its'),
]);
const counted = [...sizes, 'Count'];
const units = new Set([
  ...['None', 'Percent', 'Seconds', 'Microseconds', 'Milliseconds'],
  ...counted,
  ...counted.map((one) => `${one}/Second`),
]);

/** What CloudWatch would find wrong with the input of PutMetricData. */
export function checkMetrics({ Namespace, MetricData, ...more }: Body, now: number, bytes: number): string[] {
  const problems = unknownKeys(more);
  if (typeof Namespace !== 'string' || !/^(?!:|AWS\/).{1,255}$/.test(Namespace)) problems.push('namespace');
  if (bytes > 2 ** 20) problems.push(`${bytes} bytes`);
  if (!Array.isArray(MetricData) || MetricData.length < 1 || MetricData.length > 1000) return [...problems, 'data'];
  return [...problems, ...MetricData.flatMap((datum: Body) => checkDatum(datum, now))];
}

function checkDatum({ MetricName, Dimensions, Timestamp, Value, Unit, ...more }: Body, now: number): string[] {
  const problems = unknownKeys(more);
  if (!isText(MetricName, 255)) problems.push(`name ${MetricName}`);
  if (typeof Value !== 'number' || Math.abs(Value) > 2 ** 360) problems.push(`value ${Value}`);
  if (!units.has(Unit)) problems.push(`unit ${Unit}`);
  const age = now - Timestamp * 1000;
  if (!(age <= 14 * day && age >= -2 * hour)) problems.push(`timestamp ${Timestamp}`);
  const list = Dimensions as readonly Body[];
  if (list.length > 30 || new Set(list.map(({ Name }) => Name as unknown)).size < list.length)
    problems.push('dimensions');
  for (const { Name, Value: text, ...rest } of list) {
    problems.push(...unknownKeys(rest));
    if (!isText(Name, 255) || String(Name).startsWith(':')) problems.push(`dimension name ${Name}`);
    if (!isText(text, 1024)) problems.push(`dimension value ${String(text).slice(0, 50)}`);
  }
  return problems;
}

/** What CloudWatch Logs would find wrong with the input of PutLogEvents. */
export function checkEvents(body: Body, now: number): string[] {
  const { logGroupName, logStreamName, logEvents, sequenceToken, ...more } = body;
  const problems = unknownKeys(more);
  if (typeof logGroupName !== 'string' || !/^[-._/#A-Za-z0-9]{1,512}$/.test(logGroupName)) problems.push('group');
  if (typeof logStreamName !== 'string' || !/^[^:*]{1,512}$/.test(logStreamName)) problems.push('stream');
  if (sequenceToken !== undefined && typeof sequenceToken !== 'string') problems.push('token');
  const list = logEvents as readonly Body[];
  if (list.length < 1 || list.length > 10_000) problems.push(`${list.length} events`);
  let bytes = 0;
  for (const { message, timestamp, ...rest } of list) {
    problems.push(...unknownKeys(rest));
    const size = typeof message === 'string' ? Buffer.byteLength(message) : 0;
    if (size < 1 || size + 26 > 256 * 1024) problems.push(`message of ${size} bytes`);
    if (!Number.isSafeInteger(timestamp) || timestamp < 0) problems.push(`timestamp ${timestamp}`);
    bytes += size + 26;
  }
  if (bytes > 1_048_576) problems.push(`batch of ${bytes} bytes`);
  const times = list.map(({ timestamp }) => timestamp as number);
  if (times.some((time, index) => time < (times[index - 1] ?? 0))) problems.push('not in the order of time');
  const valid = times.filter((time) => !isTooOld(time, now) && !isTooNew(time, now));
  if (valid.length > 0 && valid.at(-1)! - valid[0]! > day) problems.push('more than 24 hours');
  return problems;
}

/** Which events of a sound batch are refused for their age. */
export function refusedOf({ logEvents }: Body, now: number): Body | undefined {
  const times = (logEvents as readonly Body[]).map(({ timestamp }) => timestamp as number);
  const old = times.filter((time) => isTooOld(time, now)).length;
  const start = times.findIndex((time) => isTooNew(time, now));
  if (old === 0 && start < 0) return undefined;
  return {
    ...(old > 0 && { tooOldLogEventEndIndex: old }),
    ...(start >= 0 && { tooNewLogEventStartIndex: start }),
  };
}

function isTooOld(time: number, now: number): boolean {
  return time < now - 14 * day;
}

function isTooNew(time: number, now: number): boolean {
  return time > now + 2 * hour;
}

function isText(value: unknown, max: number): boolean {
  return typeof value === 'string' && value.length <= max && ascii.test(value) && value.trim() !== '';
}

function unknownKeys(rest: object): string[] {
  return Object.keys(rest).map((key) => `there is no member ${key}`);
}

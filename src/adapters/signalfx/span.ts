import { formatIp, type Instance, stringify, type Timestamp, type Value } from 'fairlead/sdk';
import { attributeText, cutText, parseSpanId, parseTraceId, type Sampler, type SkipReason } from 'fairlead/sdk/tracing';
import type { tracespan } from 'fairlead/templates';

/** A span as SignalFx takes it, in the manner of Zipkin v2. Times are microseconds. */
export interface SignalfxSpan {
  readonly traceId: string;
  readonly id: string;
  readonly parentId?: string;
  readonly name: string;
  readonly kind: 'CLIENT' | 'SERVER';
  readonly timestamp: number;
  readonly duration?: number;
  readonly localEndpoint: Endpoint;
  readonly remoteEndpoint: Endpoint;
  readonly tags: Readonly<Record<string, string>>;
}

interface Endpoint {
  readonly serviceName?: string;
  readonly ipv4?: string;
  readonly ipv6?: string;
}

/** Of a span's name, which mostly is a path with a query that users choose. */
const longestName = 4096;
const labelTags = ['destination.labels', 'source.labels'];
const hiddenTags = new Set([...labelTags, 'context.reporter.type']);

/** Makes a span of an instance, or says why not. Ids are sent as they are, for others know the trace by them. */
export function toSpan(instance: Instance<typeof tracespan>, sampler: Sampler): SignalfxSpan | SkipReason {
  const { traceId, spanId, parentSpanId, spanTags } = instance;
  const parsed = parseTraceId(traceId);
  if (traceId === undefined || parsed === undefined) return 'trace_id';
  if (!sampler(parsed)) return 'not_sampled';
  if (spanId === undefined || parseSpanId(spanId) === undefined) return 'span_id';
  const times = timesOf(instance);
  if (times === undefined) return 'time';
  const { name, query } = splitName(cutText(instance.spanName ?? '', longestName));
  return {
    traceId: traceId.toLowerCase(),
    id: spanId.toLowerCase(),
    ...(parseSpanId(parentSpanId) === undefined ? undefined : { parentId: parentSpanId!.toLowerCase() }),
    name,
    kind: instance.clientSpan === true ? 'CLIENT' : 'SERVER',
    ...times,
    localEndpoint: endpointOf(spanTags['source.name'], spanTags['source.ip']),
    remoteEndpoint: endpointOf(spanTags['destination.name'], spanTags['destination.ip']),
    tags: tagsOf(instance, query),
  };
}

/** Undefined when the start is none that can be said: the epoch and before it, and what is no exact number any more. */
function timesOf({ startTime, endTime }: Instance<typeof tracespan>): Times | undefined {
  const start = startTime ?? endTime;
  if (start === undefined) return undefined;
  const timestamp = micros(start);
  if (timestamp <= 0 || !Number.isSafeInteger(timestamp)) return undefined;
  const duration = endTime === undefined || endTime.compare(start) <= 0 ? 0 : Math.max(1, micros(endTime) - timestamp);
  return duration > 0 && Number.isSafeInteger(duration) ? { timestamp, duration } : { timestamp };
}

type Times = Pick<SignalfxSpan, 'timestamp' | 'duration'>;

function micros({ seconds, nanos }: Timestamp): number {
  return seconds * 1_000_000 + Math.floor(nanos / 1000);
}

/** A query in the name would make each request a name of its own; so it is cut off at the last question mark. */
function splitName(name: string): { readonly name: string; readonly query: string } {
  const at = name.lastIndexOf('?');
  return at < 0 ? { name, query: '' } : { name: name.slice(0, at), query: name.slice(at + 1) };
}

/** What comes later replaces what is there: labels, the query, tags, the status. */
function tagsOf({ spanTags, httpStatusCode }: Instance<typeof tracespan>, query: string): SignalfxSpan['tags'] {
  // Without a prototype a tag may be called `__proto__`.
  const tags = Object.create(null) as Record<string, string>;
  for (const name of labelTags) addLabels(tags, name, spanTags[name]);
  addQuery(tags, query);
  for (const name of Object.keys(spanTags)) {
    const value = spanTags[name];
    const text = value === undefined || hiddenTags.has(name) ? '' : attributeText(value);
    if (text !== '') tags[name] = text;
  }
  if (httpStatusCode !== undefined && httpStatusCode !== 0n) {
    tags['httpStatusCode'] = stringify(httpStatusCode);
    if (httpStatusCode >= 500n) tags['error'] = 'server error';
  }
  return tags;
}

function addLabels(tags: Record<string, string>, prefix: string, labels: Value | undefined): void {
  if (typeof labels !== 'object' || !('entries' in labels) || labels instanceof Uint8Array) return;
  for (const [label, text] of labels.entries()) {
    if (label !== '' && text !== '') tags[`${prefix}.${cutText(label)}`] = cutText(text);
  }
}

function addQuery(tags: Record<string, string>, query: string): void {
  const values = new Map<string, string>();
  for (const [name, text] of new URLSearchParams(query)) {
    const before = values.get(name);
    values.set(name, before === undefined ? text : `${before}; ${text}`);
  }
  for (const [name, text] of values) if (name !== '') tags[name] = text;
}

function endpointOf(name: Value | undefined, ip: Value | undefined): Endpoint {
  const serviceName = typeof name === 'string' && name !== '' ? { serviceName: cutText(name) } : undefined;
  if (!(ip instanceof Uint8Array)) return { ...serviceName };
  const text = formatIp(ip);
  // A mapped address has 16 bytes and a dotted text.
  return text.includes(':') ? { ...serviceName, ipv6: text } : { ...serviceName, ipv4: text };
}

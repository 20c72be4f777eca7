import { formatIp, type Timestamp, toIpv6 } from 'fairlead/sdk';
import { attributeText, type Endpoint, type MessageEvent, type Span } from 'fairlead/sdk/tracing';

/** A span as Zipkin's v2 API has it, less what this adapter never fills in. Times are microseconds. */
export interface ZipkinSpan {
  readonly traceId: string;
  readonly parentId?: string;
  readonly id: string;
  readonly kind: Span['kind'];
  readonly name: string;
  readonly timestamp?: number;
  readonly duration?: number;
  readonly localEndpoint: ZipkinEndpoint;
  readonly remoteEndpoint?: ZipkinEndpoint;
  readonly annotations?: readonly { readonly timestamp: number; readonly value: string }[];
  readonly tags: Readonly<Record<string, string>>;
}

/** One end of a hop. */
interface ZipkinEndpoint {
  readonly serviceName?: string;
  readonly ipv4?: string;
  readonly ipv6?: string;
}

const verbs: Readonly<Record<MessageEvent['type'], string>> = { SENT: 'Sent', RECEIVED: 'Received' };

/** Writes a span in Zipkin's words: sizes become annotations, and an error is a tag. */
export function toZipkin(span: Span): ZipkinSpan {
  const timestamp = micros(span.start);
  const duration = microsBetween(span.start, span.end);
  const annotations = span.events.flatMap(({ type, time, bytes }) => {
    const at = micros(time);
    return at === undefined ? [] : [{ timestamp: at, value: `${verbs[type]} ${bytes} bytes` }];
  });
  return {
    traceId: span.traceId,
    ...(span.parentSpanId === undefined ? undefined : { parentId: span.parentSpanId }),
    id: span.spanId,
    kind: span.kind,
    name: span.name,
    ...(timestamp === undefined ? undefined : { timestamp }),
    ...(duration === undefined ? undefined : { duration }),
    localEndpoint: toLocal(span.endpoint),
    ...toRemote(span.peer),
    annotations,
    tags: toTags(span),
  };
}

function toLocal({ serviceName, ip }: Endpoint): ZipkinEndpoint {
  const name = { serviceName: serviceName === '' ? 'default' : serviceName };
  return ip === undefined ? { ...name, ipv4: '0.0.0.0' } : { ...name, ...toAddress(ip) };
}

/** Only of one that has an address: Mixer did not know the other end, and a name alone is often a guess of the rule. */
function toRemote({ serviceName, ip }: Endpoint): Pick<ZipkinSpan, 'remoteEndpoint'> {
  if (ip === undefined) return {};
  return { remoteEndpoint: { ...(serviceName === '' ? {} : { serviceName }), ...toAddress(ip) } };
}

function toAddress(ip: Uint8Array): ZipkinEndpoint {
  const text = formatIp(ip);
  // A mapped address has 16 bytes and a dotted text.
  return text.includes(':') && toIpv6(ip) !== undefined ? { ipv6: text } : { ipv4: text };
}

function toTags({ attributes, status }: Span): Readonly<Record<string, string>> {
  // Without a prototype a tag may be called `__proto__`; and no name comes twice.
  const tags = Object.create(null) as Record<string, string>;
  for (const [name, value] of attributes) tags[name] = attributeText(value);
  if (status === undefined) return tags;
  if (status.code !== 0) tags['error'] = status.message;
  tags['opencensus.status_description'] = status.message;
  return tags;
}

/** Undefined for what Zipkin cannot say: the epoch and before it, and what is no exact number any more. */
function micros(time: Timestamp): number | undefined {
  const value = time.seconds * 1_000_000 + Math.floor(time.nanos / 1000);
  return value > 0 && Number.isSafeInteger(value) ? value : undefined;
}

/** At least one: zero means "not known" to Zipkin. Nothing for a span that took no time at all. */
function microsBetween(start: Timestamp, end: Timestamp): number | undefined {
  const nanos = end.nanos - start.nanos;
  const value = (end.seconds - start.seconds) * 1_000_000 + nanos / 1000;
  if (value <= 0 || value > Number.MAX_SAFE_INTEGER) return undefined;
  return Math.max(1, Math.floor(value));
}

import { type Timestamp, type Value } from 'fairlead/sdk';
import { attributeText, type MessageEvent, type Span, type SpanAttribute } from 'fairlead/sdk/tracing';
import { truncate } from './text.js';

// What Cloud Trace takes.
const maxNameBytes = 128;
const maxKeyBytes = 128;
const maxValueBytes = 256;
const maxAttributes = 32;
// Mixer's exporter wrote them so: what Cloud Trace shows of a request, and which side it is.
const httpLabels: ReadonlyMap<string, string> = new Map([
  ['http.host', '/http/host'],
  ['http.method', '/http/method'],
  ['http.path', '/http/path'],
  ['http.status_code', '/http/status_code'],
  ['http.user_agent', '/http/user_agent'],
]);
const prefixes = { CLIENT: 'Sent.', SERVER: 'Recv.' } as const;
// The years 1 to 9999; it refuses a whole batch for a time outside of them.
const firstSecond = -62_135_596_800;
const lastSecond = 253_402_300_799;

/** Whether a span's times can be written. */
export function hasWritableTimes({ start, end }: Span): boolean {
  return start.seconds >= firstSecond && end.seconds <= lastSecond;
}

/** Writes a span of Cloud Trace's API, version 2. */
export function encodeSpan(span: Span, projectId: string): string {
  const { traceId, spanId, parentSpanId, status, kind } = span;
  return JSON.stringify({
    name: `projects/${projectId}/traces/${traceId}/spans/${spanId}`,
    spanId,
    parentSpanId,
    displayName: truncate(`${prefixes[kind]}${span.name}`, maxNameBytes),
    startTime: timeOf(span.start),
    endTime: timeOf(span.end),
    attributes: attributesOf(span.attributes),
    timeEvents: { timeEvent: span.events.map(timeEventOf) },
    status: status === undefined ? undefined : { code: status.code, message: status.message },
    spanKind: kind,
  });
}

function attributesOf(attributes: readonly SpanAttribute[]): object {
  const attributeMap = Object.create(null) as Record<string, object>;
  // The status comes last, and is what everybody looks for.
  const kept =
    attributes.length > maxAttributes ? [...attributes.slice(0, maxAttributes - 1), attributes.at(-1)!] : attributes;
  for (const [name, value] of kept) {
    attributeMap[httpLabels.get(name) ?? truncate(name, maxKeyBytes).value] = attributeValueOf(value);
  }
  return { attributeMap, droppedAttributesCount: attributes.length - kept.length };
}

function attributeValueOf(value: Value): object {
  if (typeof value === 'bigint') return { intValue: String(value) };
  if (typeof value === 'boolean') return { boolValue: value };
  return { stringValue: truncate(attributeText(value), maxValueBytes) };
}

function timeEventOf({ type, time, bytes }: MessageEvent, index: number): object {
  return {
    time: timeOf(time),
    messageEvent: { type, id: String(index), uncompressedSizeBytes: String(bytes < 0n ? 0n : bytes) },
  };
}

function timeOf(time: Timestamp): string {
  return time.toString();
}

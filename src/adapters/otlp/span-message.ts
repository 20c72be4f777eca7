import { formatIp } from 'fairlead/sdk';
import type { MessageEvent, Span } from 'fairlead/sdk/tracing';

import { type Attributes, unixNanos, writeKeyValue } from './attributes.js';
import type { Write } from './sink.js';

const kinds = { SERVER: 2, CLIENT: 3 } as const;
const statusCodes = { ok: 1, error: 2 } as const;
const localAttribute = 'network.local.address';
const peerAttribute = 'network.peer.address';

/** A Span (opentelemetry/proto/trace/v1/trace.proto). Its service is the resource's business. */
export const writeSpan: Write<Span> = (sink, span) => {
  sink.id(1, 'traceId', span.traceId);
  sink.id(2, 'spanId', span.spanId);
  if (span.parentSpanId !== undefined) sink.id(4, 'parentSpanId', span.parentSpanId);
  sink.text(5, 'name', span.name);
  sink.uint32(6, 'kind', kinds[span.kind]);
  sink.fixed64(7, 'startTimeUnixNano', unixNanos(span.start));
  sink.fixed64(8, 'endTimeUnixNano', unixNanos(span.end));
  sink.messages(9, 'attributes', attributesOf(span), writeKeyValue);
  sink.messages(11, 'events', span.events, writeEvent);
  const { status } = span;
  if (status === undefined) return;
  sink.message(15, 'status', (inner) => {
    if (status.code !== 0) inner.text(2, 'message', status.message);
    inner.uint32(3, 'code', status.code === 0 ? statusCodes.ok : statusCodes.error);
  });
};

const writeEvent: Write<MessageEvent> = (sink, event) => {
  sink.fixed64(1, 'timeUnixNano', unixNanos(event.time));
  sink.text(2, 'name', 'message');
  const attributes: Attributes = [
    ['message.type', event.type],
    ['message.uncompressed_size', event.bytes],
  ];
  sink.messages(3, 'attributes', attributes, writeKeyValue);
};

/** What a tag says of an address comes first. */
function attributesOf({ attributes, endpoint, peer }: Span): Attributes {
  const ends = [
    [localAttribute, endpoint.ip],
    [peerAttribute, peer.ip],
  ] as const;
  const added = ends.flatMap(([name, ip]): Attributes =>
    ip === undefined || attributes.some(([tag]) => tag === name) ? [] : [[name, formatIp(ip)]],
  );
  return added.length === 0 ? attributes : [...attributes, ...added];
}

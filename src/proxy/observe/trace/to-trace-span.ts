import { Timestamp } from '../../../attributes/index.js';
import { addressBytes } from '../../../client/index.js';
import type { SpanData } from './span.js';

/** A span as an instance of the template `tracespan`, for the adapters that export spans. */
export interface TraceSpanFields {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly spanName: string;
  readonly startTime: Timestamp;
  readonly endTime: Timestamp;
  readonly spanTags: Readonly<Record<string, string>>;
  readonly httpStatusCode: bigint | undefined;
  readonly clientSpan: boolean;
  readonly rewriteClientSpanId: boolean;
  readonly sourceName: string | undefined;
  readonly sourceIp: Uint8Array | undefined;
  readonly destinationName: string | undefined;
  readonly destinationIp: Uint8Array | undefined;
  readonly requestSize: bigint;
  readonly requestTotalSize: bigint;
  readonly responseSize: bigint;
  readonly responseTotalSize: bigint;
  readonly apiProtocol: string | undefined;
}

/** Adapters take the source for who measured a client span, and the destination for who measured a server span. */
export function toTraceSpan(span: SpanData): TraceSpanFields {
  const { kind, start, durationMillis, serviceName, status, tags } = span;
  const isClient = kind === 'CLIENT';
  const received = BigInt(span.received);
  const sent = BigInt(span.sent);
  const local = addressBytes(span.localAddress);
  const peer = addressBytes(span.peerAddress);
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    spanName: span.name,
    startTime: Timestamp.fromMillis(start),
    endTime: Timestamp.fromMillis(start + durationMillis),
    spanTags: tags,
    httpStatusCode: status === undefined ? undefined : BigInt(status),
    clientSpan: isClient,
    // Each hop has ids of its own.
    rewriteClientSpanId: false,
    sourceName: isClient ? serviceName : undefined,
    sourceIp: isClient ? local : peer,
    destinationName: isClient ? undefined : serviceName,
    destinationIp: isClient ? peer : local,
    requestSize: received,
    requestTotalSize: received,
    responseSize: sent,
    responseTotalSize: sent,
    apiProtocol: tags['grpc.status_code'] === undefined ? 'http' : 'grpc',
  };
}

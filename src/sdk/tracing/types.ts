import type { Timestamp, Value } from '../../attributes/index.js';

/** An instance of the template `tracespan`, as far as a span is made of it. */
export interface SpanInput {
  readonly traceId?: string | undefined;
  readonly spanId?: string | undefined;
  readonly parentSpanId?: string | undefined;
  readonly spanName?: string | undefined;
  readonly startTime?: Timestamp | undefined;
  readonly endTime?: Timestamp | undefined;
  readonly spanTags: Readonly<Record<string, Value | undefined>>;
  readonly httpStatusCode?: bigint | undefined;
  readonly clientSpan?: boolean | undefined;
  readonly rewriteClientSpanId?: boolean | undefined;
  readonly sourceName?: string | undefined;
  readonly sourceIp?: Uint8Array | undefined;
  readonly destinationName?: string | undefined;
  readonly destinationIp?: Uint8Array | undefined;
  readonly requestTotalSize?: bigint | undefined;
  readonly responseTotalSize?: bigint | undefined;
}

/** Who measured the span, or its other end. */
export interface Endpoint {
  /** Empty when the instance does not say. */
  readonly serviceName: string;
  /** 4 or 16 bytes; undefined when the instance has no address. */
  readonly ip: Uint8Array | undefined;
}

/** A request or a response that went over the wire. */
export interface MessageEvent {
  readonly type: 'SENT' | 'RECEIVED';
  readonly time: Timestamp;
  readonly bytes: bigint;
}

/** A code of google.rpc.Status, and its name as the message. */
export interface SpanStatus {
  readonly code: number;
  readonly message: string;
}

/** One tag of a span, by name. Texts are cut; the other types are as expressions have them. */
export type SpanAttribute = readonly [name: string, value: Value];

/** A span in nobody's format. It refers to values of its instance: write it out before the call ends. */
export interface Span {
  /** 32 lower-case hexadecimal digits, never all zero. */
  readonly traceId: string;
  /** 16 lower-case hexadecimal digits, never all zero. */
  readonly spanId: string;
  /** As `spanId`; undefined for the root of a trace. */
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly kind: 'CLIENT' | 'SERVER';
  readonly start: Timestamp;
  /** Not before the start. */
  readonly end: Timestamp;
  /** No name comes twice. */
  readonly attributes: readonly SpanAttribute[];
  /** Undefined when there is no HTTP status. */
  readonly status: SpanStatus | undefined;
  /** The request at the start, the response at the end. */
  readonly events: readonly [request: MessageEvent, response: MessageEvent];
  readonly endpoint: Endpoint;
  /** The other end of the hop: the destination of a client span, the source of a server span. */
  readonly peer: Endpoint;
}

/** Why an instance makes no span: the sampler does not want it, an id is missing or none, or there is no time at all. */
export type SkipReason = 'not_sampled' | 'trace_id' | 'span_id' | 'time';

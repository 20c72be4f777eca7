/** The span of one hop. Ids are lower-case hexadecimal. */
export interface TraceContext {
  /** 16 or 32 digits, as they came. */
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly sampled: boolean;
}

/** What a caller says of the trace that its request belongs to. */
export interface ReceivedTrace {
  /** Undefined when there is none to continue. */
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
  /** Undefined leaves the decision to us. */
  readonly sampled: boolean | undefined;
  /** The trace that `traceparent` tells of, which `tracestate` is about. */
  readonly w3cTraceId: string | undefined;
}

/**
 * The span of this hop: a child of the one that came, or the root of a new trace of 128 bits. Ids are never shared with
 * the peer's span, for Istio configures Envoy like that, and other formats than Zipkin's could not tell them apart.
 */
export function nextSpan(received: ReceivedTrace, traced: boolean, randomId: () => string): TraceContext {
  const { traceId, spanId, sampled = traced } = received;
  const own = randomId();
  if (traceId === undefined) return { traceId: randomId() + own, spanId: own, parentSpanId: undefined, sampled };
  return { traceId, spanId: own, parentSpanId: spanId, sampled };
}

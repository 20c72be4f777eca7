import { cutText, spanAttributes } from './attributes.js';
import { parseSpanId, parseTraceId, rewriteSpanId } from './ids.js';
import type { Sampler } from './sampler.js';
import { statusOfHttp } from './status.js';
import type { Endpoint, MessageEvent, SkipReason, Span, SpanInput } from './types.js';

/** Makes a span of an instance, or says why not. Work for spans that are not wanted ends with their trace id. */
export function toSpan(input: SpanInput, sampler: Sampler): Span | SkipReason {
  const traceId = parseTraceId(input.traceId);
  if (traceId === undefined) return 'trace_id';
  if (!sampler(traceId)) return 'not_sampled';
  const ids = readIds(input);
  if (ids === undefined) return 'span_id';
  const start = input.startTime ?? input.endTime;
  if (start === undefined) return 'time';
  // Clocks of proxies jump; a negative duration is one that no backend takes.
  const end = input.endTime !== undefined && input.endTime.compare(start) > 0 ? input.endTime : start;
  return {
    traceId,
    ...ids,
    name: cutText(input.spanName ?? ''),
    kind: input.clientSpan === true ? 'CLIENT' : 'SERVER',
    start,
    end,
    attributes: spanAttributes(input),
    status: statusOfHttp(input.httpStatusCode),
    events: messageEvents(input, { start, end }),
    endpoint: endpointOf(input),
    peer: peerOf(input),
  };
}

/** Who measured: the source of a client span, the destination of a server span. */
export function endpointOf(input: SpanInput): Endpoint {
  return input.clientSpan === true ? sourceOf(input) : destinationOf(input);
}

/** Rules write `ip("0.0.0.0")` for an address that they do not know. */
function peerOf(input: SpanInput): Endpoint {
  const peer = input.clientSpan === true ? destinationOf(input) : sourceOf(input);
  return peer.ip?.every((byte) => byte === 0) === true ? { ...peer, ip: undefined } : peer;
}

function sourceOf({ sourceName, sourceIp }: SpanInput): Endpoint {
  return toEndpoint(sourceName, sourceIp);
}

function destinationOf({ destinationName, destinationIp }: SpanInput): Endpoint {
  return toEndpoint(destinationName, destinationIp);
}

function toEndpoint(name: string | undefined, ip: Uint8Array | undefined): Endpoint {
  return { serviceName: cutText(name ?? ''), ip: ip?.length === 4 || ip?.length === 16 ? ip : undefined };
}

function readIds(input: SpanInput): Pick<Span, 'spanId' | 'parentSpanId'> | undefined {
  const spanId = parseSpanId(input.spanId);
  if (spanId === undefined) return undefined;
  if (input.rewriteClientSpanId !== true) return { spanId, parentSpanId: parseSpanId(input.parentSpanId) };
  const rewritten = rewriteSpanId(spanId);
  if (input.clientSpan !== true) return { spanId, parentSpanId: rewritten };
  return rewritten === undefined ? undefined : { spanId: rewritten, parentSpanId: parseSpanId(input.parentSpanId) };
}

function messageEvents(input: SpanInput, { start, end }: Pick<Span, 'start' | 'end'>): [MessageEvent, MessageEvent] {
  const isClient = input.clientSpan === true;
  return [
    { type: isClient ? 'SENT' : 'RECEIVED', time: start, bytes: input.requestTotalSize ?? 0n },
    { type: isClient ? 'RECEIVED' : 'SENT', time: end, bytes: input.responseTotalSize ?? 0n },
  ];
}

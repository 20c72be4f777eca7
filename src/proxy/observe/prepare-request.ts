import { randomUUID } from 'node:crypto';
import type { HttpFilter } from '../../gen/fairlead/proxy/v1/listener.js';
import type { Exchange } from '../http/exchange.js';
import { normalizePath } from '../http/normalize-path.js';
import { completeClientCert } from './client-cert.js';
import { completeOrigin } from './complete-origin.js';
import { readKnownHeaders } from './known-headers.js';
import { observedOf } from './observed.js';
import { decideTrace } from './request-id.js';
import { randomSpanId } from './trace/random-ids.js';
import { nextSpan } from './trace/trace-context.js';
import { readTrace, writeTraceHeaders } from './trace/trace-headers.js';

export interface PrepareOptions extends Pick<HttpFilter, 'useRemoteAddress' | 'tracing'> {
  /** Random ones; tests lend their own. */
  readonly ids?: { readonly uuid: () => string; readonly span: () => string };
}

const randomIds = { uuid: () => randomUUID(), span: randomSpanId };
// Istio's own default, without Helm (mesh.md 0).
const everything = 1_000_000;

/**
 * Makes what completes the head of a request before anyone looks at it: path, origin, request id and trace. The answer
 * is false for a path that makes no sense.
 */
export function createPrepareRequest(options: PrepareOptions): (exchange: Exchange) => boolean {
  const { useRemoteAddress, tracing, ids = randomIds } = options;
  const perMillion = tracing?.sampling === undefined ? everything : tracing.sampling.perMillion;
  return (exchange) => {
    const { request, downstream } = exchange;
    const { headers } = request;
    const path = normalizePath(request.path);
    if (path !== undefined) request.path = path;
    const known = readKnownHeaders(headers);
    const origin = completeOrigin(request, downstream, { known, useRemoteAddress });
    const { requestId, clientCert } = known;
    completeClientCert(headers, downstream.tls, clientCert, useRemoteAddress);
    const id = origin.isEdge || requestId === undefined || requestId === '' ? ids.uuid() : requestId;
    const observed = observedOf(exchange);
    observed.remote = origin.remote;
    if (tracing === undefined) {
      if (id !== requestId) headers.set('x-request-id', id);
      return path !== undefined;
    }
    const decision = decideTrace(id, headers, perMillion);
    if (decision.id !== requestId) headers.set('x-request-id', decision.id);
    const received = readTrace(known);
    const trace = nextSpan(received, decision.traced, ids.span);
    observed.trace = trace;
    writeTraceHeaders(headers, trace, known);
    // It is about another trace, or about none.
    if (known.hasTraceState && received.w3cTraceId !== trace.traceId.padStart(32, '0')) headers.remove('tracestate');
    return path !== undefined;
  };
}

import { type Tracing, Tracing_Operation } from '../../../gen/fairlead/proxy/v1/listener.js';
import type { HttpFilter } from '../../filters/filter.js';
import type { Exchange } from '../../http/exchange.js';
import type { Headers } from '../../http/headers.js';
import { callerOf, observedOf } from '../observed.js';
import type { SpanSink } from './span.js';
import { spanTags } from './span-tags.js';

export interface TracingFilterOptions {
  readonly tracing: Pick<Tracing, 'operation'>;
  /** Who we are. */
  readonly node: { readonly id: string; readonly serviceName: string };
  readonly sink: SpanSink;
}

const header = 'x-envoy-decorator-operation';

/**
 * Reports a span for each sampled request. The two proxies of a hop tell each other what the route calls the operation,
 * as in Envoy: the request says it to the inbound side, or else the answer to the outbound side.
 */
export function createTracingFilter({ tracing, node, sink }: TracingFilterOptions): HttpFilter {
  const isInbound = tracing.operation === Tracing_Operation.INGRESS;
  const direction: Direction = isInbound ? inbound : outbound;
  const kind = isInbound ? 'SERVER' : 'CLIENT';
  return {
    name: 'tracing',
    onRequest: (exchange) => {
      direction.onRequest(exchange);
      return undefined;
    },
    onResponse: (exchange) => direction.onResponse(exchange),
    onEnd: (exchange) => {
      const { trace, operation } = observedOf(exchange);
      if (trace?.sampled !== true) return;
      const { startedAt, started, ended = started, response, received, sent, downstream } = exchange;
      sink.report({
        traceId: trace.traceId.padStart(32, '0'),
        spanId: trace.spanId,
        parentSpanId: trace.parentSpanId,
        kind,
        name: operation ?? direction.nameOf(exchange),
        start: startedAt,
        durationMillis: ended - started,
        serviceName: node.serviceName,
        localAddress: downstream.local.host,
        peerAddress: direction.peerOf(exchange),
        status: response?.status,
        received,
        sent,
        tags: spanTags(exchange, node.id),
      });
    },
  };
}

interface Direction {
  onRequest(exchange: Exchange): void;
  onResponse(exchange: Exchange): void;
  /** When nobody has a name for the operation. */
  nameOf(exchange: Exchange): string;
  /** The other end of the hop. */
  peerOf(exchange: Exchange): string | undefined;
}

const inbound: Direction = {
  onRequest: (exchange) => {
    observedOf(exchange).operation = takeOperation(exchange.request.headers) ?? operationOf(exchange);
  },
  onResponse: (exchange) => {
    const operation = operationOf(exchange);
    // It is not ours when the caller gave it: then the caller knows.
    if (operation === undefined || observedOf(exchange).operation !== operation) return;
    exchange.response?.headers.set(header, operation);
  },
  nameOf: () => 'ingress',
  peerOf: callerOf,
};

const outbound: Direction = {
  onRequest: (exchange) => {
    const operation = operationOf(exchange);
    observedOf(exchange).operation = operation;
    if (operation !== undefined) exchange.request.headers.set(header, operation);
  },
  onResponse: (exchange) => {
    const { response } = exchange;
    const operation = response && takeOperation(response.headers);
    if (operation !== undefined) observedOf(exchange).operation = operation;
  },
  nameOf: ({ request }) => `egress ${request.authority}`,
  peerOf: ({ endpoint }) => endpoint?.address,
};

function operationOf({ route }: Exchange): string | undefined {
  return route === undefined || route.operation === '' ? undefined : route.operation;
}

/** It goes no further. */
function takeOperation(headers: Headers): string | undefined {
  const operation = headers.get(header);
  if (operation === undefined) return undefined;
  headers.remove(header);
  return operation === '' ? undefined : operation;
}

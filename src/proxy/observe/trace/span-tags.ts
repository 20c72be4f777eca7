import type { Exchange } from '../../http/exchange.js';
import { formatFlags } from '../access-log/response-flags.js';
import { callerOf } from '../observed.js';

// As Envoy; longer paths are cut.
const maxPathLength = 256;

/** The tags that Envoy gives a span. */
export function spanTags(exchange: Exchange, nodeId: string): Record<string, string> {
  const { request, flags, received, sent } = exchange;
  const { headers } = request;
  const tags: Record<string, string> = {
    component: 'proxy',
    node_id: nodeId,
    'guid:x-request-id': headers.get('x-request-id') ?? '',
    'http.url': urlOf(exchange),
    'http.method': request.method,
    'http.protocol': request.protocol,
    downstream_cluster: headers.get('x-envoy-downstream-service-cluster') ?? '-',
    user_agent: headers.get('user-agent') ?? '-',
    'peer.address': callerOf(exchange),
    request_size: String(received),
    response_size: String(sent),
    response_flags: formatFlags(flags) ?? '-',
  };
  const clientTrace = headers.get('x-client-trace-id');
  if (clientTrace !== undefined) tags['guid:x-client-trace-id'] = clientTrace;
  addOutcome(tags, exchange);
  return tags;
}

function addOutcome(tags: Record<string, string>, exchange: Exchange): void {
  const { response, target, endpoint } = exchange;
  const status = response?.status ?? 0;
  const grpcStatus = grpcStatusOf(exchange);
  tags['http.status_code'] = String(status);
  if (target !== undefined) tags['upstream_cluster'] = target.name;
  if (endpoint !== undefined) tags['upstream_address'] = endpoint.name;
  if (grpcStatus !== undefined) tags['grpc.status_code'] = grpcStatus;
  if (status === 0 || status >= 500 || (grpcStatus !== undefined && grpcStatus !== '0')) tags['error'] = 'true';
}

/** As the caller wrote it: before it was rewritten. */
function urlOf({ request }: Exchange): string {
  const { headers, authority } = request;
  const path = headers.get('x-envoy-original-path') ?? request.path;
  return `${headers.get('x-forwarded-proto') ?? request.scheme}://${authority}${path.slice(0, maxPathLength)}`;
}

function grpcStatusOf({ request, response, trailers }: Exchange): string | undefined {
  if (request.headers.get('content-type')?.startsWith('application/grpc') !== true) return undefined;
  return trailers?.get('grpc-status') ?? response?.headers.get('grpc-status');
}

import type { ValueType } from './value.js';

const names: Readonly<Partial<Record<ValueType, string>>> = {
  STRING: `
    origin.uid origin.user request.id request.host request.method request.path request.url_path request.reason
    request.referer request.scheme request.useragent response.grpc_status response.grpc_message source.uid source.user
    source.principal destination.uid destination.principal connection.event connection.id
    connection.requested_server_name context.protocol context.proxy_error_code context.proxy_version
    context.reporter.kind context.reporter.uid api.service api.version api.operation api.protocol
    request.auth.principal request.auth.audiences request.auth.presenter request.auth.raw_claims request.api_key
    rbac.permissive.response_code rbac.permissive.effective_policy_id check.error_message
    source.name source.namespace source.owner source.serviceAccount source.services source.workload.uid
    source.workload.name source.workload.namespace destination.name destination.namespace destination.owner
    destination.service.uid destination.service.name destination.service.namespace destination.service.host
    destination.serviceAccount destination.workload.uid destination.workload.name destination.workload.namespace
    destination.container.name`,
  INT64: `
    request.total_size request.size response.code response.total_size response.size destination.port
    connection.received.bytes connection.received.bytes_total connection.sent.bytes connection.sent.bytes_total
    check.error_code`,
  BOOL: 'connection.mtls context.reporter.local check.cache_hit quota.cache_hit',
  TIMESTAMP: 'request.time response.time context.timestamp context.time',
  DURATION: 'response.duration connection.duration',
  IP_ADDRESS: 'origin.ip source.ip destination.ip',
  STRING_MAP: `
    request.headers request.query_params response.headers request.auth.claims source.labels source.metadata
    destination.labels destination.metadata`,
};

/**
 * The attributes that every configuration may use without declaring them: the union of the proxy's and the Kubernetes
 * manifest, as Mixer's own configuration and the Helm chart ship them (mixer-core.md 2.3, adapters.md 6).
 */
export const standardManifest: readonly (readonly [name: string, type: ValueType])[] = Object.freeze(
  (Object.entries(names) as [ValueType, string][]).flatMap(([type, text]) =>
    text
      .trim()
      .split(/\s+/)
      .map((name) => Object.freeze([name, type] as const)),
  ),
);

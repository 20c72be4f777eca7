import type { LocalReply } from './message.js';

const disconnected = 'upstream connect error or disconnect/reset before headers. reset reason:';

/** The answers that callers of Envoy know (mesh.md 8). */
export const replies = {
  noRoute: { status: 404, flag: 'NR', details: 'route_not_found' },
  noCluster: { status: 503, flag: 'NR', details: 'cluster_not_found' },
  noHealthyUpstream: { status: 503, body: 'no healthy upstream', flag: 'UH', details: 'no_healthy_upstream' },
  connectFailure: { status: 503, body: `${disconnected} connection failure`, flag: 'UF', details: 'upstream_reset' },
  reset: { status: 503, body: `${disconnected} connection termination`, flag: 'UC', details: 'upstream_reset' },
  remoteReset: { status: 503, body: `${disconnected} remote reset`, flag: 'UR', details: 'upstream_reset' },
  overflow: {
    ...{ status: 503, body: `${disconnected} overflow`, flag: 'UO', details: 'overflow' },
    headers: ['x-envoy-overloaded', 'true'],
  },
  protocol: { status: 502, body: `${disconnected} protocol error`, flag: 'UPE', details: 'upstream_protocol_error' },
  timeout: { status: 504, body: 'upstream request timeout', flag: 'UT', details: 'upstream_response_timeout' },
  tooLarge: { status: 413, body: 'Payload Too Large', details: 'request_payload_too_large' },
} as const satisfies Record<string, LocalReply>;

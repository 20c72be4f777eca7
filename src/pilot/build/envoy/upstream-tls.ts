import type { TransportSocket } from '../../../gen/envoy/config/core/v3/base.js';
import {
  TlsParameters,
  TlsParameters_TlsProtocol as Version,
} from '../../../gen/envoy/extensions/transport_sockets/tls/v3/common.js';
import { UpstreamTlsContext } from '../../../gen/envoy/extensions/transport_sockets/tls/v3/tls.js';
import type { ClientTls } from '../../kinds/traffic-policy.js';
import type { Target } from '../../model/proxy-view.js';
import { isHttp2 } from '../fairlead/cluster-policy.js';
import { buildUpstreamTls as planUpstreamTls } from '../fairlead/upstream-tls.js';
import { type BuildContext, leaveOut } from './context.js';
import { certificatesOf, tlsSocket, validationOf } from './transport-socket.js';

/**
 * How a cluster is called over TLS; undefined for plain connections (mesh.md 2.2). `said` is the policy's; without one
 * the mesh may want mutual TLS.
 */
export function buildUpstreamTls(
  said: ClientTls | undefined,
  target: Target,
  context: BuildContext,
): TransportSocket | undefined {
  const tls = planUpstreamTls(said, target, context);
  if (tls === undefined) return undefined;
  const { certificateFile, privateKeyFile, caFile, subjectAltNames, sni } = tls;
  if (caFile === '' && subjectAltNames.length > 0) {
    leaveOut(context, `subjectAltNames need caCertificates: ${target.service.hostname}`);
  }
  const { connectionPool: pool } = context.view.policy(target);
  const value = UpstreamTlsContext.encode({
    commonTlsContext: {
      // Otherwise Envoy's clients end at 1.2.
      tlsParams: TlsParameters.create({ tlsMaximumProtocolVersion: Version.TLSv1_3 }),
      tlsCertificates: certificatesOf(certificateFile, privateKeyFile),
      validationContext: validationOf({ caFile, subjectAltNames }),
      alpnProtocols: isHttp2(target.port.protocol, pool) ? ['h2'] : [],
    },
    // Longer ones than DNS knows are refused by Envoy.
    sni: sni.length <= MAX_SNI ? sni : '',
  }).finish();
  return tlsSocket('UpstreamTlsContext', value);
}

const MAX_SNI = 255;

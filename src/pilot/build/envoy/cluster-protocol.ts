import type { Cluster } from '../../../gen/envoy/config/cluster/v3/cluster.js';
import { HttpProtocolOptions } from '../../../gen/envoy/extensions/upstreams/http/v3/http_protocol_options.js';
import { isHttp, type Protocol } from '../../kinds/protocols.js';
import type { ConnectionPool } from '../../kinds/traffic-policy.js';
import { isHttp2 } from '../fairlead/cluster-policy.js';
import { durationOf } from '../fairlead/duration.js';
import { anyOf, httpOptionsName } from './any.js';

type Options = Pick<Cluster, 'typedExtensionProtocolOptions'>;

/**
 * What HTTP a cluster is called in: by the port's protocol, or by what the client speaks where that is not known. A
 * policy may say how long connections live, also where rules send HTTP to a port that speaks HTTPS.
 */
export function speaking(protocol: Protocol, pool: ConnectionPool | undefined): Options {
  const { idleTimeout, maxRequestsPerConnection = 0 } = pool?.http ?? {};
  const isLimited = idleTimeout !== undefined || maxRequestsPerConnection > 0;
  if (!isHttp(protocol) && protocol !== 'AUTO' && !isLimited) return { typedExtensionProtocolOptions: {} };
  const options = HttpProtocolOptions.create({
    ...(protocol === 'AUTO'
      ? { useDownstreamProtocolConfig: { httpProtocolOptions: {}, http2ProtocolOptions: {} } }
      : { explicitHttpConfig: isHttp2(protocol, pool) ? { http2ProtocolOptions: {} } : { httpProtocolOptions: {} } }),
    ...(isLimited && {
      commonHttpProtocolOptions: {
        idleTimeout: durationOf(idleTimeout),
        maxRequestsPerConnection: maxRequestsPerConnection || undefined,
      },
    }),
  });
  const any = anyOf('httpOptions', HttpProtocolOptions.encode(options).finish());
  return { typedExtensionProtocolOptions: { [httpOptionsName]: any } };
}

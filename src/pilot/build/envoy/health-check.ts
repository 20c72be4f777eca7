import { HealthCheck } from '../../../gen/envoy/config/core/v3/health_check.js';
import { CodecClientType } from '../../../gen/envoy/type/v3/http.js';
import type { MergedRule } from '../../model/destination-rules.js';
import { buildHealthCheck } from '../fairlead/health-check.js';

/** What an annotation of a DestinationRule asks for, with the defaults of our own proxy where it leaves them. */
export function buildHealthChecks(
  rule: MergedRule | undefined,
  { host, isHttp2 }: { readonly host: string; readonly isHttp2: boolean },
): HealthCheck[] {
  const check = buildHealthCheck(rule);
  if (check === undefined) return [];
  const interval = check.interval ?? { seconds: 10n, nanos: 0 };
  return [
    HealthCheck.create({
      interval,
      // Otherwise an endpoint that nobody has called yet would be asked once a minute only.
      noTrafficInterval: interval,
      timeout: check.timeout ?? { seconds: 1n, nanos: 0 },
      healthyThreshold: check.healthyThreshold || 1,
      unhealthyThreshold: check.unhealthyThreshold || 1,
      // Not the name of the cluster, which servers refuse for its bars.
      httpHealthCheck: {
        host,
        path: check.path,
        codecClientType: isHttp2 ? CodecClientType.HTTP2 : CodecClientType.HTTP1,
      },
    }),
  ];
}

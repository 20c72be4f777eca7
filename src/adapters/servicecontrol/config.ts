import { Duration, type Infer, s } from 'fairlead/sdk';

/** Where Service Control is, unless a configuration says otherwise. */
export const googleEndpoint = 'https://servicecontrol.googleapis.com';

/** Which services are managed by Google, and how they are asked about. */
export const servicecontrolConfig = s.message({
  runtimeConfig: s.optional(
    s.message({
      checkCacheSize: s.int32(0, 'How many answers to checks are kept; none when 0.'),
      checkResultExpiration: s.duration(Duration.zero, 'How long an answer to a check holds.'),
    }),
    'How answers are kept.',
  ),
  credentialPath: s.string('', 'File with the key of a service account, in JSON.'),
  serviceConfigs: s.list(
    s.message({
      meshServiceName: s.string('', 'Name of the service in the mesh.'),
      googleServiceName: s.string('', 'Name of the service at Google.'),
      quotas: s.list(
        s.message({
          name: s.string('', 'Qualified name of the quota instance, as in "ratelimit.quota.istio-system".'),
          googleQuotaMetricName: s.string('', 'The metric by which Google counts it.'),
          expiration: s.duration(Duration.zero, 'How long a grant holds.'),
        }),
        'Quotas of the service.',
      ),
    }),
    'A setting for each service.',
  ),
  endpoint: s.string(googleEndpoint, 'Where Service Control is.'),
});

export type ServicecontrolConfig = Infer<typeof servicecontrolConfig>;
export type ServiceConfig = ServicecontrolConfig['serviceConfigs'][number];
export type QuotaConfig = ServiceConfig['quotas'][number];

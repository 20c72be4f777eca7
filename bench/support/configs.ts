import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const resource = (kind: string, name: string, spec: string): string =>
  `---\napiVersion: config.istio.io/v1alpha2\nkind: ${kind}\nmetadata:\n  name: ${name}\n  namespace: istio-system\nspec:\n${spec}`;

const rule = (
  name: string,
  match: string,
  { handler, instances }: { handler: string; instances: readonly string[] },
): string =>
  resource(
    'rule',
    name,
    `  match: ${match}\n  actions:\n  - handler: ${handler}\n    instances: [ ${instances.join(', ')} ]\n`,
  );

/** Ten rules of which two match the benchmark's request, one adapter. */
export const checkConfig = [
  resource('handler', 'versions', '  compiledAdapter: listchecker\n  params:\n    overrides: [ v1, v2 ]\n'),
  resource(
    'instance',
    'version',
    '  compiledTemplate: listentry\n  params:\n    value: source.labels["version"] | "none"\n',
  ),
  ...Array.from({ length: 10 }, (_, i) =>
    rule(
      `rule${i}`,
      `destination.service.name == "${i < 2 ? 'ratings' : `service${i}`}" && (request.headers["x-user"] | "unknown") != "bot${i}"`,
      { handler: 'versions', instances: ['version'] },
    ),
  ),
].join('');

/** The same and a rate limit, large enough never to be exhausted. */
export const quotaConfig =
  checkConfig +
  resource(
    'handler',
    'limits',
    '  compiledAdapter: memquota\n  params:\n    quotas:\n    - name: requestcount.instance.istio-system\n      maxAmount: 1000000000\n      validDuration: 1s\n',
  ) +
  resource(
    'instance',
    'requestcount',
    '  compiledTemplate: quota\n  params:\n    dimensions:\n      source: source.labels["app"] | "unknown"\n      destination: destination.labels["app"] | destination.service.name | "unknown"\n',
  ) +
  resource('rule', 'limit', '  actions:\n  - handler: limits\n    instances: [ requestcount ]\n');

const reporter = 'conditional((context.reporter.kind | "inbound") == "outbound", "source", "destination")';
const security =
  'conditional((context.reporter.kind | "inbound") == "outbound", "unknown", conditional(connection.mtls | false, "mutual_tls", "none"))';

/** The 20 labels of Istio's standard HTTP metrics. */
const dimensions: readonly (readonly [string, string])[] = [
  ['reporter', reporter],
  ...['source', 'destination'].flatMap((side): [string, string][] => [
    [`${side}_workload`, `${side}.workload.name | "unknown"`],
    [`${side}_workload_namespace`, `${side}.workload.namespace | "unknown"`],
    [`${side}_principal`, `${side}.principal | "unknown"`],
    [`${side}_app`, `${side}.labels["app"] | "unknown"`],
    [`${side}_version`, `${side}.labels["version"] | "unknown"`],
  ]),
  [
    'destination_service',
    'destination.service.host | conditional((destination.service.name | "unknown") == "unknown", "unknown", request.host)',
  ],
  ['destination_service_name', 'destination.service.name | "unknown"'],
  ['destination_service_namespace', 'destination.service.namespace | "unknown"'],
  ['request_protocol', 'api.protocol | context.protocol | "unknown"'],
  ['response_code', 'response.code | 200'],
  ['response_flags', 'context.proxy_error_code | "-"'],
  ['permissive_response_code', 'rbac.permissive.response_code | "none"'],
  ['permissive_response_policyid', 'rbac.permissive.effective_policy_id | "none"'],
  ['connection_security_policy', security],
];

const metrics: readonly (readonly [instance: string, name: string, value: string, kind: string])[] = [
  ['requestcount', 'requests_total', '"1"', 'COUNTER'],
  ['requestduration', 'request_duration_seconds', 'response.duration | "0ms"', 'DISTRIBUTION'],
  ['requestsize', 'request_bytes', 'request.size | 0', 'DISTRIBUTION'],
  ['responsesize', 'response_bytes', 'response.size | 0', 'DISTRIBUTION'],
];

/** 40 fields, after Istio's access log. */
const variables: readonly (readonly [string, string])[] = [
  ...['source', 'destination'].flatMap((side): [string, string][] => [
    [`${side}Ip`, `${side}.ip | ip("0.0.0.0")`],
    [`${side}App`, `${side}.labels["app"] | ""`],
    [`${side}Principal`, `${side}.principal | ""`],
    [`${side}Name`, `${side}.name | ""`],
    [`${side}Workload`, `${side}.workload.name | ""`],
    [`${side}Namespace`, `${side}.namespace | ""`],
    [`${side}Owner`, `${side}.owner | ""`],
  ]),
  ['destinationServiceHost', 'destination.service.host | request.host | ""'],
  ['apiClaims', 'request.auth.raw_claims | ""'],
  ['apiKey', 'request.api_key | request.headers["x-api-key"] | ""'],
  ['protocol', 'request.scheme | context.protocol | "http"'],
  ['method', 'request.method | ""'],
  ['url', 'request.path | ""'],
  ['responseCode', 'response.code | 0'],
  ['responseFlags', 'context.proxy_error_code | ""'],
  ['responseSize', 'response.size | 0'],
  ['permissiveResponseCode', 'rbac.permissive.response_code | "none"'],
  ['permissiveResponsePolicyID', 'rbac.permissive.effective_policy_id | "none"'],
  ['requestSize', 'request.size | 0'],
  ['requestId', 'request.headers["x-request-id"] | ""'],
  ['clientTraceId', 'request.headers["x-client-trace-id"] | ""'],
  ['latency', 'response.duration | "0ms"'],
  ['connectionSecurityPolicy', security],
  ['requestedServerName', 'connection.requested_server_name | ""'],
  ['userAgent', 'request.useragent | ""'],
  ['responseTimestamp', 'response.time'],
  ['receivedBytes', 'request.total_size | 0'],
  ['sentBytes', 'response.total_size | 0'],
  ['referer', 'request.referer | ""'],
  ['httpAuthority', 'request.headers[":authority"] | request.host | ""'],
  ['xForwardedFor', 'request.headers["x-forwarded-for"] | "0.0.0.0"'],
  ['reporter', reporter],
  ['grpcStatus', 'response.grpc_status | ""'],
];

const quoted = (pairs: readonly (readonly [string, string])[]): string =>
  pairs.map(([name, text]) => `      ${name}: ${JSON.stringify(text)}\n`).join('');

const metricParams = metrics
  .map(([instance, name, , kind]) => {
    const buckets =
      kind === 'COUNTER'
        ? ''
        : instance === 'requestduration'
          ? '      buckets: { explicit_buckets: { bounds: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] } }\n'
          : '      buckets: { exponentialBuckets: { numFiniteBuckets: 8, scale: 1, growthFactor: 10 } }\n';
    const labels = dimensions.map(([label]) => label).join(', ');
    return `    - name: ${name}\n      instance_name: ${instance}.instance.istio-system\n      kind: ${kind}\n${buckets}      label_names: [ ${labels} ]\n`;
  })
  .join('');

/** Istio's four HTTP metrics of 20 labels, and one access-log line of 40 fields. */
export const reportConfig = [
  resource('handler', 'prometheus', `  compiledAdapter: prometheus\n  params:\n    metrics:\n${metricParams}`),
  ...metrics.map(([instance, , value]) =>
    resource(
      'instance',
      instance,
      `  compiledTemplate: metric\n  params:\n    value: ${JSON.stringify(value)}\n    dimensions:\n${quoted(dimensions)}    monitored_resource_type: '"UNSPECIFIED"'\n`,
    ),
  ),
  rule('promhttp', 'context.protocol == "http" || context.protocol == "grpc"', {
    handler: 'prometheus',
    instances: metrics.map(([instance]) => instance),
  }),
  resource('handler', 'stdio', '  compiledAdapter: stdio\n  params:\n    outputAsJson: true\n'),
  resource(
    'instance',
    'accesslog',
    `  compiledTemplate: logentry\n  params:\n    severity: '"Info"'\n    timestamp: request.time\n    variables:\n${quoted(variables)}    monitored_resource_type: '"global"'\n`,
  ),
  rule('stdiohttp', 'context.protocol == "http" || context.protocol == "grpc"', {
    handler: 'stdio',
    instances: ['accesslog'],
  }),
].join('');

/** Two thousand rules over as many services. */
export const manyRulesConfig =
  checkConfig +
  Array.from({ length: 2000 }, (_, i) =>
    rule(`many${i}`, `destination.service.name == "many${i}" && request.path != "/healthz${i}"`, {
      handler: 'versions',
      instances: ['version'],
    }),
  ).join('');

/** Writes a configuration into a folder of its own and returns the folder. */
export function writeConfig(parent: string, name: string, text: string): string {
  const folder = join(parent, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'config.yaml'), text);
  return folder;
}

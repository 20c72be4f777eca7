import { Duration } from '../../util/duration.js';
import { type Infer, s } from '../../util/schema.js';
import { checkHost, checkLabel } from './checks/host.js';
import { checkDuration, checkPort } from './checks/number.js';
import { checkExportTo } from './checks/text.js';
import { maybeDuration, maybeText, texts } from './fields.js';
import { type Findings, type Kind, own } from './kind.js';
import { checkLocalityLb, localityLbSetting } from './locality-lb.js';

const modes = { 0: 'REGISTRY_ONLY', 1: 'ALLOW_ANY' } as const;
const exportTo = texts('Where a resource is seen that does not say: * or . (its namespace); * when not given.');

const proxyConfig = s.message({
  configPath: s.string('/etc/istio/proxy'),
  binaryPath: s.string('/usr/local/bin/envoy'),
  serviceCluster: s.string('istio-proxy'),
  drainDuration: s.duration(Duration.fromSeconds(45)),
  parentShutdownDuration: s.duration(Duration.fromSeconds(60)),
  discoveryAddress: s.string('istio-pilot:15010'),
  connectTimeout: s.duration(Duration.fromSeconds(1)),
  proxyAdminPort: s.int32(15_000),
  concurrency: s.int32(0, '0 is one for each core.'),
  statNameLength: s.int32(189),
});

const schema = s.message({
  domain: s.string('cluster.local', 'What the hosts of services end in.'),
  rootNamespace: s.string('istio-system', 'Resources of this namespace apply to all.'),
  trustDomain: s.string('cluster.local'),
  proxyListenPort: s.int32(15_001),
  proxyHttpPort: s.int32(15_002),
  connectTimeout: s.duration(Duration.fromSeconds(1)),
  tcpKeepalive: s.optional(s.message({ probes: s.int32(), time: maybeDuration(), interval: maybeDuration() })),
  dnsRefreshRate: s.duration(Duration.fromSeconds(5)),
  protocolDetectionTimeout: s.duration(Duration.fromMillis(100)),
  outboundTrafficPolicy: s.message({ mode: s.enum(modes, 'ALLOW_ANY') }),
  defaultServiceExportTo: exportTo,
  defaultVirtualServiceExportTo: exportTo,
  defaultDestinationRuleExportTo: exportTo,
  localityLbSetting: s.optional(localityLbSetting),
  ingressService: s.string('istio-ingressgateway'),
  enableAutoMtls: s.bool(),
  enableTracing: s.bool(true),
  accessLogFile: s.string('/dev/stdout', 'Empty for no log.'),
  accessLogFormat: maybeText("Envoy's format when not given."),
  accessLogEncoding: s.enum({ 0: 'TEXT', 1: 'JSON' }, 'TEXT'),
  mixerCheckServer: s.string(),
  mixerReportServer: s.string(),
  disablePolicyChecks: s.bool(true),
  enableClientSidePolicyCheck: s.bool(),
  policyCheckFailOpen: s.bool(),
  disableMixerHttpReports: s.bool(),
  reportBatchMaxEntries: s.int32(100),
  reportBatchMaxTime: s.duration(Duration.fromSeconds(1)),
  defaultConfig: proxyConfig,
});
export type MeshConfig = Infer<typeof schema>;

/** What holds for the whole mesh (mesh.md 2.7). */
export const meshConfig: Kind<MeshConfig> = { kind: 'MeshConfig', ...own, schema, validate };

function validate(spec: MeshConfig, findings: Findings): void {
  checkHost(findings, 'domain', spec.domain);
  checkLabel(findings, 'rootNamespace', spec.rootNamespace);
  for (const field of ['proxyListenPort', 'proxyHttpPort'] as const) checkPort(findings, field, spec[field]);
  for (const field of ['connectTimeout', 'dnsRefreshRate', 'protocolDetectionTimeout', 'reportBatchMaxTime'] as const) {
    checkDuration(findings, field, spec[field]);
  }
  for (const kind of ['Service', 'VirtualService', 'DestinationRule'] as const) {
    checkExportTo(findings, `default${kind}ExportTo`, spec[`default${kind}ExportTo`]);
  }
  checkPort(findings, 'defaultConfig.proxyAdminPort', spec.defaultConfig.proxyAdminPort);
  if (spec.localityLbSetting !== undefined) checkLocalityLb(findings, 'localityLbSetting', spec.localityLbSetting);
}

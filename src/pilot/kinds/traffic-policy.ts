import { type Infer, s } from '../../util/schema.js';
import { checkCount, checkDuration, checkPort, checkWholePercent } from './checks/number.js';
import { forEach } from './checks/path.js';
import { checkHeaderName } from './checks/text.js';
import { maybeDuration, maybeText, portSelector, texts } from './fields.js';
import type { Findings } from './kind.js';

const consistentHash = s.message(
  {
    httpHeaderName: maybeText(),
    httpCookie: s.optional(s.message({ name: s.string(), path: s.string(), ttl: maybeDuration() })),
    useSourceIp: s.optional(s.bool()),
    minimumRingSize: s.int64(1024n),
  },
  { oneofs: [['httpHeaderName', 'httpCookie', 'useSourceIp']] },
);
const loadBalancer = s.message(
  {
    simple: s.optional(s.enum({ 0: 'ROUND_ROBIN', 1: 'LEAST_CONN', 2: 'RANDOM', 3: 'PASSTHROUGH' }, 'ROUND_ROBIN')),
    consistentHash: s.optional(consistentHash),
  },
  { oneofs: [['simple', 'consistentHash']] },
);
export type LoadBalancer = Infer<typeof loadBalancer>;

const connectionPool = s.message({
  tcp: s.optional(
    s.message({
      maxConnections: s.int32(0, '0 is no limit, as for all counts here.'),
      connectTimeout: maybeDuration(),
      tcpKeepalive: s.optional(s.message({ probes: s.int32(), time: maybeDuration(), interval: maybeDuration() })),
    }),
  ),
  http: s.optional(
    s.message({
      http1MaxPendingRequests: s.int32(),
      http2MaxRequests: s.int32(),
      maxRequestsPerConnection: s.int32(0, '1 switches keep-alive off.'),
      maxRetries: s.int32(),
      idleTimeout: maybeDuration(),
      h2UpgradePolicy: s.enum({ 0: 'DEFAULT', 1: 'DO_NOT_UPGRADE', 2: 'UPGRADE' }, 'DEFAULT'),
    }),
  ),
});
export type ConnectionPool = Infer<typeof connectionPool>;

const outlierDetection = s.message({
  consecutiveErrors: s.int32(5, 'Gateway errors in a row that eject a host.'),
  interval: maybeDuration('10s when not given.'),
  baseEjectionTime: maybeDuration('30s when not given.'),
  maxEjectionPercent: s.int32(10),
  minHealthPercent: s.int32(),
});
export type OutlierDetection = Infer<typeof outlierDetection>;

const tls = s.message({
  mode: s.enum({ 0: 'DISABLE', 1: 'SIMPLE', 2: 'MUTUAL', 3: 'ISTIO_MUTUAL' }, 'DISABLE'),
  clientCertificate: s.string(),
  privateKey: s.string(),
  caCertificates: s.string(),
  subjectAltNames: texts(),
  sni: s.string(),
});
export type ClientTls = Infer<typeof tls>;

const settings = {
  loadBalancer: s.optional(loadBalancer),
  connectionPool: s.optional(connectionPool),
  outlierDetection: s.optional(outlierDetection),
  tls: s.optional(tls),
} as const;

/** How a proxy treats what it calls (mesh.md 2.2). */
export const trafficPolicy = s.message({
  ...settings,
  portLevelSettings: s.list(s.message({ port: s.optional(portSelector), ...settings })),
});
export type TrafficPolicy = Infer<typeof trafficPolicy>;
/** The four parts of a policy. */
export type PolicySettings = Omit<TrafficPolicy, 'portLevelSettings'>;

/** Finds what is wrong with a policy. */
export function checkTrafficPolicy(findings: Findings, path: string, policy: TrafficPolicy): void {
  if (isEmpty(policy) && policy.portLevelSettings.length === 0) findings.invalid(path, 'must not be empty');
  checkSettings(findings, path, policy);
  forEach(`${path}.portLevelSettings`, policy.portLevelSettings, (where, one) => {
    if (one.port === undefined) findings.invalid(`${where}.port`, 'must be set');
    else checkPort(findings, `${where}.port.number`, one.port.number);
    if (isEmpty(one)) findings.invalid(where, 'must set something for the port');
    checkSettings(findings, where, one);
  });
}

function isEmpty({
  loadBalancer: balancer,
  connectionPool: pool,
  outlierDetection: outliers,
  ...rest
}: PolicySettings) {
  return balancer === undefined && pool === undefined && outliers === undefined && rest.tls === undefined;
}

function checkSettings(findings: Findings, path: string, policy: PolicySettings): void {
  if (policy.loadBalancer !== undefined) checkBalancer(findings, `${path}.loadBalancer`, policy.loadBalancer);
  if (policy.connectionPool !== undefined) checkPool(findings, `${path}.connectionPool`, policy.connectionPool);
  if (policy.outlierDetection !== undefined)
    checkOutliers(findings, `${path}.outlierDetection`, policy.outlierDetection);
  if (policy.tls !== undefined) checkClientTls(findings, `${path}.tls`, policy.tls);
}

function checkBalancer(findings: Findings, path: string, { consistentHash: hash }: LoadBalancer): void {
  if (hash === undefined) return;
  const where = `${path}.consistentHash`;
  if (hash.httpHeaderName === undefined && hash.httpCookie === undefined && hash.useSourceIp === undefined) {
    findings.invalid(where, 'must have one of httpHeaderName, httpCookie, useSourceIp');
  }
  if (hash.httpHeaderName !== undefined) checkHeaderName(findings, `${where}.httpHeaderName`, hash.httpHeaderName);
  if (hash.httpCookie !== undefined) {
    const { name, ttl } = hash.httpCookie;
    if (name === '') findings.invalid(`${where}.httpCookie.name`, 'must be set');
    if (ttl === undefined) findings.invalid(`${where}.httpCookie.ttl`, 'must be set');
    else if (ttl.toNanos() < 0n) findings.value(`${where}.httpCookie.ttl`, 'must not be negative');
  }
  checkCount(findings, `${where}.minimumRingSize`, hash.minimumRingSize);
}

function checkPool(findings: Findings, path: string, { tcp, http }: ConnectionPool): void {
  if (tcp === undefined && http === undefined) findings.invalid(path, 'must have tcp or http');
  if (tcp !== undefined) {
    checkCount(findings, `${path}.tcp.maxConnections`, tcp.maxConnections);
    checkDuration(findings, `${path}.tcp.connectTimeout`, tcp.connectTimeout);
    const { tcpKeepalive } = tcp;
    checkCount(findings, `${path}.tcp.tcpKeepalive.probes`, tcpKeepalive?.probes ?? 0);
    checkDuration(findings, `${path}.tcp.tcpKeepalive.time`, tcpKeepalive?.time);
    checkDuration(findings, `${path}.tcp.tcpKeepalive.interval`, tcpKeepalive?.interval);
  }
  if (http === undefined) return;
  for (const field of [
    'http1MaxPendingRequests',
    'http2MaxRequests',
    'maxRequestsPerConnection',
    'maxRetries',
  ] as const) {
    checkCount(findings, `${path}.http.${field}`, http[field]);
  }
  checkDuration(findings, `${path}.http.idleTimeout`, http.idleTimeout);
}

function checkOutliers(findings: Findings, path: string, outliers: OutlierDetection): void {
  checkCount(findings, `${path}.consecutiveErrors`, outliers.consecutiveErrors);
  checkDuration(findings, `${path}.interval`, outliers.interval);
  checkDuration(findings, `${path}.baseEjectionTime`, outliers.baseEjectionTime);
  checkWholePercent(findings, `${path}.maxEjectionPercent`, outliers.maxEjectionPercent);
  checkWholePercent(findings, `${path}.minHealthPercent`, outliers.minHealthPercent);
}

function checkClientTls(findings: Findings, path: string, given: ClientTls): void {
  if (given.mode !== 'MUTUAL') return;
  if (given.clientCertificate === '') findings.invalid(`${path}.clientCertificate`, 'must be set for MUTUAL');
  if (given.privateKey === '') findings.invalid(`${path}.privateKey`, 'must be set for MUTUAL');
}

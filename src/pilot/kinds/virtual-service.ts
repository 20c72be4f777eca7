import { type Infer, s } from '../../util/schema.js';
import { isIP } from 'node:net';
import { checkGatewayNames } from './checks/gateway-name.js';
import { checkHostOrAddress } from './checks/host.js';
import { forEach } from './checks/path.js';
import { checkExportTo } from './checks/text.js';
import { texts } from './fields.js';
import { matchesHost } from './host-name.js';
import { checkHttpRoute } from './http-route-checks.js';
import { httpRoute } from './http-route.js';
import { type Findings, type Kind, networking } from './kind.js';
import { checkTcpRoute, checkTlsRoute, tcpRoute, tlsRoute } from './l4-route.js';

const schema = s.message({
  hosts: texts('The hosts whose traffic is routed.'),
  gateways: texts('The gateways it applies to; mesh stands for all sidecars, which is what none means.'),
  http: s.list(httpRoute),
  tls: s.list(tlsRoute),
  tcp: s.list(tcpRoute),
  exportTo: texts(),
});
export type VirtualService = Infer<typeof schema>;

/** How traffic for hosts is routed (mesh.md 2.1). */
export const virtualService: Kind<VirtualService> = { kind: 'VirtualService', ...networking, schema, validate };

function validate(spec: VirtualService, findings: Findings): void {
  checkHosts(spec, findings);
  checkGatewayNames(findings, 'gateways', spec.gateways);
  if (spec.http.length + spec.tls.length + spec.tcp.length === 0) {
    findings.invalid('', 'must have a rule under http, tls or tcp');
  }
  forEach('http', spec.http, (path, rule) => checkHttpRoute(findings, path, rule));
  forEach('tls', spec.tls, (path, rule) => checkTlsRoute(findings, path, { rule, hosts: spec.hosts }));
  forEach('tcp', spec.tcp, (path, rule) => checkTcpRoute(findings, path, rule));
  checkExportTo(findings, 'exportTo', spec.exportTo);
}

function checkHosts({ hosts, gateways }: VirtualService, findings: Findings): void {
  if (hosts.length === 0) findings.invalid('hosts', 'must have an entry');
  const isForMesh = gateways.length === 0 || gateways.includes('mesh');
  for (const [index, host] of hosts.entries()) {
    const path = `hosts[${index}]`;
    if (!checkHostOrAddress(findings, path, host)) continue;
    if (host === '*' && isForMesh) findings.value(path, 'must not be "*" for the mesh: name a gateway, or the hosts');
    const former = hosts.slice(0, index).find((one) => overlap(one, host));
    if (former !== undefined) {
      findings.invalid(path, `${JSON.stringify(host)} overlaps with ${JSON.stringify(former)} of the same list`);
    }
  }
}

function overlap(a: string, b: string): boolean {
  if (isIP(a) > 0 || isIP(b) > 0) return a === b;
  return matchesHost(a.toLowerCase(), b.toLowerCase());
}

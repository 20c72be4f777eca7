import { type Infer, s } from '../../util/schema.js';
import { checkSubnet } from './checks/address.js';
import { checkGatewayNames } from './checks/gateway-name.js';
import { checkHost } from './checks/host.js';
import { checkPort } from './checks/number.js';
import { forEach } from './checks/path.js';
import { checkLabels } from './checks/text.js';
import { checkWeighted, destination } from './destination.js';
import { textMap, texts } from './fields.js';
import { isSubsetOf } from './host-name.js';
import type { Findings } from './kind.js';

const l4Fields = {
  destinationSubnets: texts(),
  port: s.optional(s.int32()),
  sourceSubnet: s.string('', 'Has no effect.'),
  sourceLabels: textMap(),
  gateways: texts(),
} as const;
const l4Match = s.message(l4Fields);
type L4Match = Infer<typeof l4Match>;
const tlsMatch = s.message({ sniHosts: texts(), ...l4Fields });
const l4Destination = s.message({ destination, weight: s.int32() });
export type L4Destination = Infer<typeof l4Destination>;

/** A rule for connections whose server name can be read. */
export const tlsRoute = s.message({ match: s.list(tlsMatch), route: s.list(l4Destination) });
export type TlsRoute = Infer<typeof tlsRoute>;
/** A rule for connections of which nothing is known but their ends. */
export const tcpRoute = s.message({ match: s.list(l4Match), route: s.list(l4Destination) });
export type TcpRoute = Infer<typeof tcpRoute>;

/** Finds what is wrong with a rule for TLS; server names must be among the hosts of the VirtualService. */
export function checkTlsRoute(
  findings: Findings,
  path: string,
  { rule, hosts }: { readonly rule: TlsRoute; readonly hosts: readonly string[] },
): void {
  if (rule.match.length === 0) findings.invalid(`${path}.match`, 'must have an entry');
  forEach(`${path}.match`, rule.match, (where, match) => {
    checkL4Match(findings, where, match);
    if (match.sniHosts.length === 0) findings.invalid(`${where}.sniHosts`, 'must have an entry');
    forEach(`${where}.sniHosts`, match.sniHosts, (sniPath, sni) => {
      if (!checkHost(findings, sniPath, sni)) return;
      if (hosts.some((host) => isSubsetOf(sni.toLowerCase(), host.toLowerCase()))) return;
      findings.invalid(sniPath, `${JSON.stringify(sni)} is not among the hosts of this VirtualService`);
    });
  });
  checkRoute(findings, path, rule);
}

/** Finds what is wrong with a rule for TCP. */
export function checkTcpRoute(findings: Findings, path: string, rule: TcpRoute): void {
  forEach(`${path}.match`, rule.match, (where, match) => checkL4Match(findings, where, match));
  checkRoute(findings, path, rule);
}

function checkRoute(findings: Findings, path: string, { route }: TlsRoute | TcpRoute): void {
  if (route.length === 0) findings.invalid(`${path}.route`, 'must have an entry');
  checkWeighted(findings, `${path}.route`, route);
}

function checkL4Match(findings: Findings, path: string, match: L4Match): void {
  forEach(`${path}.destinationSubnets`, match.destinationSubnets, (where, net) => checkSubnet(findings, where, net));
  if (match.port !== undefined) checkPort(findings, `${path}.port`, match.port);
  if (match.sourceSubnet !== '') {
    checkSubnet(findings, `${path}.sourceSubnet`, match.sourceSubnet);
    findings.warn(`${path}.sourceSubnet`, 'has no effect');
  }
  checkLabels(findings, `${path}.sourceLabels`, match.sourceLabels);
  checkGatewayNames(findings, `${path}.gateways`, match.gateways);
}

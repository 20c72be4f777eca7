import { type Infer, s } from '../../util/schema.js';
import { checkBind, isSocketPath } from './checks/address.js';
import { checkScopedHost } from './checks/host.js';
import { checkPort } from './checks/number.js';
import { forEach } from './checks/path.js';
import { checkNamedPort } from './checks/port.js';
import { findRepeated } from './checks/repeated.js';
import { checkLabels } from './checks/text.js';
import { namedPort, textMap, texts } from './fields.js';
import { type Findings, type Kind, networking } from './kind.js';

const captureMode = s.enum({ 0: 'DEFAULT', 1: 'IPTABLES', 2: 'NONE' }, 'DEFAULT');
const ingress = s.message({
  port: s.optional(namedPort),
  bind: s.string(),
  captureMode,
  defaultEndpoint: s.string('', 'Where the application listens: 127.0.0.1:port or unix:///path.'),
});
export type SidecarIngress = Infer<typeof ingress>;
const egress = s.message({
  port: s.optional(namedPort),
  bind: s.string(),
  captureMode,
  hosts: texts('What is imported: namespace/host.'),
});
export type SidecarEgress = Infer<typeof egress>;

/** What becomes of traffic to hosts that nobody knows. */
const outboundTrafficPolicy = s.message({
  mode: s.enum({ 0: 'REGISTRY_ONLY', 1: 'ALLOW_ANY' }, 'REGISTRY_ONLY'),
});

const schema = s.message({
  workloadSelector: s.optional(s.message({ labels: textMap() })),
  ingress: s.list(ingress),
  egress: s.list(egress),
  outboundTrafficPolicy: s.optional(outboundTrafficPolicy),
});
export type Sidecar = Infer<typeof schema>;

/** What sidecars listen to and know of (mesh.md 2.5). */
export const sidecar: Kind<Sidecar> = { kind: 'Sidecar', ...networking, schema, validate };

function validate(spec: Sidecar, findings: Findings): void {
  if (spec.workloadSelector !== undefined) {
    const { labels } = spec.workloadSelector;
    if (labels.size === 0) findings.invalid('workloadSelector.labels', 'must have an entry');
    checkLabels(findings, 'workloadSelector.labels', labels);
  }
  forEach('ingress', spec.ingress, (path, one) => checkIngress(findings, path, one));
  findRepeatedPorts('ingress', spec.ingress, findings);
  if (spec.egress.length === 0) findings.invalid('egress', 'must have an entry');
  for (const [index, one] of spec.egress.entries()) {
    checkEgress(findings, `egress[${index}]`, { one, isLast: index === spec.egress.length - 1 });
  }
  findRepeatedPorts('egress', spec.egress, findings);
}

function findRepeatedPorts(path: string, listeners: Sidecar['ingress'] | Sidecar['egress'], findings: Findings): void {
  findRepeated(
    [...listeners],
    // A socket is told apart by its path.
    ({ port, bind }) => (port === undefined ? undefined : isSocketPath(bind) ? bind : port.number),
    (index, key) => findings.invalid(`${path}[${index}].port`, `another listener has ${key} already`),
  );
}

function checkIngress(findings: Findings, path: string, one: SidecarIngress): void {
  if (one.port === undefined) findings.invalid(`${path}.port`, 'must be set');
  else checkNamedPort(findings, `${path}.port`, one.port);
  checkBind(findings, `${path}.bind`, one.bind);
  const [, port] = /^127\.0\.0\.1:(\d{1,5})$/.exec(one.defaultEndpoint) ?? [];
  if (port !== undefined) checkPort(findings, `${path}.defaultEndpoint`, Number(port));
  else if (one.defaultEndpoint === '') findings.invalid(`${path}.defaultEndpoint`, 'must be set');
  else if (!isSocketPath(one.defaultEndpoint)) {
    const given = JSON.stringify(one.defaultEndpoint);
    findings.value(`${path}.defaultEndpoint`, `must be 127.0.0.1:port or unix:///path, not ${given}`);
  }
}

function checkEgress(
  findings: Findings,
  path: string,
  { one, isLast }: { readonly one: SidecarEgress; readonly isLast: boolean },
): void {
  if (one.hosts.length === 0) findings.invalid(`${path}.hosts`, 'must have an entry');
  forEach(`${path}.hosts`, one.hosts, (where, host) =>
    checkScopedHost(findings, where, { host, optional: false, words: ['*', '.', '~'] }),
  );
  if (one.port === undefined) {
    if (!isLast) findings.invalid(path, 'a listener without a port must be the last one');
    if (one.bind !== '') findings.invalid(`${path}.bind`, 'needs a port');
    return;
  }
  checkBind(findings, `${path}.bind`, one.bind);
  if (!isSocketPath(one.bind)) checkNamedPort(findings, `${path}.port`, one.port);
  else if (one.captureMode === 'IPTABLES') {
    findings.invalid(`${path}.captureMode`, 'IPTABLES does not go with a socket');
  }
}

import { isIP } from 'node:net';
import { type Infer, s } from '../../util/schema.js';
import { checkSubnet, isCidr, isSocketPath } from './checks/address.js';
import { checkHost, isDnsName } from './checks/host.js';
import { checkCount, checkPort } from './checks/number.js';
import { forEach, forEntries } from './checks/path.js';
import { checkNamedPort } from './checks/port.js';
import { findRepeated } from './checks/repeated.js';
import { checkExportTo, checkLabels } from './checks/text.js';
import { namedPort, textMap, texts } from './fields.js';
import { isWildcard } from './host-name.js';
import { type Findings, type Kind, networking } from './kind.js';
import { isHttp, isTls, parseProtocol } from './protocols.js';

const endpoint = s.message({
  address: s.string('', 'An IP address, a host name (DNS), or unix:///path.'),
  ports: s.map(s.int32(), new Map(), 'The port for each named port of the service, where it is another one.'),
  labels: textMap(),
  network: s.string(),
  locality: s.string('', 'region/zone/subzone'),
  weight: s.int32(),
});
export type Endpoint = Infer<typeof endpoint>;

const schema = s.message({
  hosts: texts(),
  addresses: texts('Virtual addresses, or ranges of them.'),
  ports: s.list(namedPort),
  location: s.enum({ 0: 'MESH_EXTERNAL', 1: 'MESH_INTERNAL' }, 'MESH_EXTERNAL'),
  resolution: s.enum({ 0: 'NONE', 1: 'STATIC', 2: 'DNS' }, 'NONE'),
  endpoints: s.list(endpoint),
  exportTo: texts(),
  subjectAltNames: texts(),
});
export type ServiceEntry = Infer<typeof schema>;

/** A service that no registry knows (mesh.md 2.4). */
export const serviceEntry: Kind<ServiceEntry> = { kind: 'ServiceEntry', ...networking, schema, validate };

function validate(spec: ServiceEntry, findings: Findings): void {
  checkHosts(spec, findings);
  forEach('addresses', spec.addresses, (path, address) => {
    checkSubnet(findings, path, address);
    if (isCidr(address) && spec.resolution === 'DNS') {
      findings.invalid(path, 'a range of addresses does not go with resolution DNS');
    }
  });
  checkPorts(spec, findings);
  checkResolution(spec, findings);
  forEach('endpoints', spec.endpoints, (path, one) => checkEndpoint(findings, path, { one, spec }));
  checkExportTo(findings, 'exportTo', spec.exportTo);
}

function checkHosts({ hosts, ports, resolution }: ServiceEntry, findings: Findings): void {
  if (hosts.length === 0) findings.invalid('hosts', 'must have an entry');
  forEach('hosts', hosts, (path, host) => {
    if (host === '*') findings.value(path, 'must be one host, or a wildcard within a domain, not all');
    else checkHost(findings, path, host);
  });
  findRepeated(
    hosts,
    (host) => host.toLowerCase(),
    (index, host) => findings.warn(`hosts[${index}]`, `"${host}" is given twice`),
  );
  if (hosts.length < 2 || resolution === 'NONE') return;
  for (const [index, { protocol }] of ports.entries()) {
    const known = parseProtocol(protocol);
    if (known === undefined || isHttp(known) || isTls(known)) continue;
    findings.invalid(`ports[${index}].protocol`, `several hosts cannot be told apart on a port that speaks ${known}`);
  }
}

function checkPorts({ ports }: ServiceEntry, findings: Findings): void {
  if (ports.length === 0) findings.invalid('ports', 'must have an entry');
  forEach('ports', ports, (path, port) => checkNamedPort(findings, path, port));
  findRepeated(
    ports,
    ({ name }) => (name === '' ? undefined : name),
    (index, name) => findings.invalid(`ports[${index}].name`, `the name "${name}" is taken by another port`),
  );
  findRepeated(
    ports,
    ({ number }) => number,
    (index, number) => findings.invalid(`ports[${index}].number`, `the port ${number} is given twice`),
  );
}

function checkResolution({ resolution, endpoints, hosts }: ServiceEntry, findings: Findings): void {
  if (resolution === 'NONE' && endpoints.length > 0) {
    findings.invalid('endpoints', 'must be empty where resolution is NONE');
  }
  if (resolution === 'STATIC' && endpoints.length === 0) {
    findings.invalid('endpoints', 'must have an entry where resolution is STATIC');
  }
  if (resolution !== 'DNS' || endpoints.length > 0) return;
  forEach('hosts', hosts, (path, host) => {
    if (isWildcard(host))
      findings.invalid(path, 'cannot be resolved: a wildcard needs endpoints where resolution is DNS');
  });
}

function checkEndpoint(
  findings: Findings,
  path: string,
  { one, spec }: { readonly one: Endpoint; readonly spec: ServiceEntry },
): void {
  checkAddress(findings, `${path}.address`, { address: one.address, spec });
  if (one.address.startsWith('unix:') && one.ports.size > 0) {
    findings.invalid(`${path}.ports`, 'must be empty for a socket, which has no ports');
  }
  const names = new Set(spec.ports.map(({ name }) => name));
  forEntries(`${path}.ports`, one.ports, (where, name, port) => {
    checkPort(findings, where, port);
    if (!names.has(name)) findings.invalid(where, `the service has no port named "${name}"`);
  });
  checkLabels(findings, `${path}.labels`, one.labels);
  checkCount(findings, `${path}.weight`, one.weight);
}

function checkAddress(
  findings: Findings,
  path: string,
  { address, spec }: { readonly address: string; readonly spec: ServiceEntry },
): void {
  if (address === '') findings.invalid(path, 'must be set');
  else if (address.startsWith('unix:')) {
    if (spec.resolution !== 'STATIC') findings.invalid(path, 'a socket needs resolution STATIC');
    if (!isSocketPath(address)) findings.value(path, `must be unix:///path, not ${JSON.stringify(address)}`);
    if (spec.ports.length !== 1) findings.invalid(path, 'a socket needs a service with exactly one port');
  } else if (spec.resolution === 'DNS' ? !isDnsName(address) && isIP(address) === 0 : isIP(address) === 0) {
    const wanted = spec.resolution === 'DNS' ? 'a host name or an IP address' : 'an IP address or unix:///path';
    findings.value(path, `must be ${wanted}, not ${JSON.stringify(address)}`);
  }
}

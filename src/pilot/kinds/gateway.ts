import { type Infer, s } from '../../util/schema.js';
import { checkBind } from './checks/address.js';
import { checkScopedHost } from './checks/host.js';
import { forEach } from './checks/path.js';
import { checkNamedPort } from './checks/port.js';
import { findRepeated } from './checks/repeated.js';
import { checkLabels } from './checks/text.js';
import { namedPort, textMap, texts } from './fields.js';
import { type Findings, type Kind, networking } from './kind.js';
import { isTls, parseProtocol } from './protocols.js';

const versions = ['TLS_AUTO', 'TLSV1_0', 'TLSV1_1', 'TLSV1_2', 'TLSV1_3'] as const;
const version = s.enum({ 0: 'TLS_AUTO', 1: 'TLSV1_0', 2: 'TLSV1_1', 3: 'TLSV1_2', 4: 'TLSV1_3' }, 'TLS_AUTO');

const tls = s.message({
  httpsRedirect: s.bool(),
  mode: s.enum({ 0: 'PASSTHROUGH', 1: 'SIMPLE', 2: 'MUTUAL', 3: 'AUTO_PASSTHROUGH', 4: 'ISTIO_MUTUAL' }, 'PASSTHROUGH'),
  serverCertificate: s.string(),
  privateKey: s.string(),
  caCertificates: s.string(),
  credentialName: s.string('', 'The secret that holds the certificates.'),
  subjectAltNames: texts(),
  verifyCertificateSpki: texts(),
  verifyCertificateHash: texts(),
  minProtocolVersion: version,
  maxProtocolVersion: version,
  cipherSuites: texts(),
});
export type ServerTls = Infer<typeof tls>;

const server = s.message({
  port: s.optional(namedPort),
  bind: s.string('', 'Has no effect.'),
  hosts: texts('What is served: a host, or namespace/host.'),
  tls: s.optional(tls),
  defaultEndpoint: s.string('', 'Has no effect.'),
});
export type Server = Infer<typeof server>;

const schema = s.message({ servers: s.list(server), selector: textMap('The labels of the proxies that serve it.') });
export type Gateway = Infer<typeof schema>;

/** What proxies at the edge of the mesh listen to (mesh.md 2.3). */
export const gateway: Kind<Gateway> = { kind: 'Gateway', ...networking, schema, validate };

function validate(spec: Gateway, findings: Findings): void {
  if (spec.servers.length === 0) findings.invalid('servers', 'must have an entry');
  forEach('servers', spec.servers, (path, one) => checkServer(findings, path, one));
  findRepeated(
    spec.servers,
    ({ port }) => (port === undefined || port.name === '' ? undefined : port.name),
    (index, name) => findings.invalid(`servers[${index}].port.name`, `the name "${name}" is taken by another port`),
  );
  checkLabels(findings, 'selector', spec.selector);
}

function checkServer(findings: Findings, path: string, one: Server): void {
  if (one.port === undefined) findings.invalid(`${path}.port`, 'must be set');
  else checkNamedPort(findings, `${path}.port`, one.port);
  checkBind(findings, `${path}.bind`, one.bind);
  if (one.hosts.length === 0) findings.invalid(`${path}.hosts`, 'must have an entry');
  forEach(`${path}.hosts`, one.hosts, (where, host) =>
    checkScopedHost(findings, where, { host, optional: true, words: ['*', '.'] }),
  );
  const protocol = parseProtocol(one.port?.protocol ?? '') ?? 'AUTO';
  if (one.tls !== undefined) {
    checkServerTls(findings, `${path}.tls`, one.tls);
    if (protocol === 'AUTO' || isTls(protocol) || one.tls.httpsRedirect) return;
    findings.warn(`${path}.tls`, `has no effect on a port that speaks ${protocol}`);
  } else if (isTls(protocol)) {
    findings.invalid(`${path}.tls`, `must be set for a port that speaks ${protocol}`);
  }
}

function checkServerTls(findings: Findings, path: string, given: ServerTls): void {
  const { mode, credentialName, minProtocolVersion: least, maxProtocolVersion: most } = given;
  const need = (field: 'serverCertificate' | 'privateKey' | 'caCertificates'): void => {
    if (given[field] === '') findings.invalid(`${path}.${field}`, `must be set for ${mode}`);
  };
  if ((mode === 'SIMPLE' || mode === 'MUTUAL') && credentialName === '') {
    need('serverCertificate');
    need('privateKey');
    if (mode === 'MUTUAL') need('caCertificates');
  }
  if (most !== 'TLS_AUTO' && versions.indexOf(least) > versions.indexOf(most)) {
    findings.invalid(`${path}.minProtocolVersion`, `${least} is later than maxProtocolVersion ${most}`);
  }
}

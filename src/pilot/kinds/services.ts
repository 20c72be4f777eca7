import { isIP } from 'node:net';
import { type Infer, s } from '../../util/schema.js';
import { isSocketPath } from './checks/address.js';
import { checkHost, checkLabel, isDnsName } from './checks/host.js';
import { checkCount, checkPort } from './checks/number.js';
import { forEach, forEntries } from './checks/path.js';
import { findRepeated } from './checks/repeated.js';
import { checkExportTo, checkLabels } from './checks/text.js';
import { maybeText, textMap, texts } from './fields.js';
import { type Findings, type Kind, own } from './kind.js';
import { parseProtocol, protocols } from './protocols.js';

const port = s.message({
  name: s.string('', 'Begins with the protocol: http, grpc-web, tcp-admin.'),
  port: s.int32(),
  protocol: maybeText('In place of what the name says.'),
});
const instance = s.message({
  address: s.string('', 'An IP address, a host name, or unix:///path.'),
  ports: s.map(s.int32(), new Map(), "By the port's name, where it is another one than the service's."),
  labels: textMap(),
  locality: s.string('', 'region/zone/subzone'),
  network: s.string(),
  serviceAccount: s.string(),
  weight: s.int32(),
});
const service = s.message({
  name: s.string(),
  namespace: s.string('', "The resource's when left out."),
  hostname: s.string('', 'name.namespace.svc.domain when left out.'),
  address: s.string('', 'A virtual address.'),
  ports: s.list(port),
  labels: textMap(),
  external: s.bool(),
  exportTo: texts(),
  instances: s.list(instance),
});
export type ListedService = Infer<typeof service>;

const schema = s.message({ services: s.list(service) });
export type Services = Infer<typeof schema>;

/** A list of services and of where they run, for meshes without a registry. */
export const services: Kind<Services> = { kind: 'Services', ...own, schema, validate };

function validate(spec: Services, findings: Findings): void {
  if (spec.services.length === 0) findings.warn('services', 'lists nothing');
  forEach('services', spec.services, (path, one) => {
    if (one.name === '') findings.invalid(`${path}.name`, 'must be set');
    else checkLabel(findings, `${path}.name`, one.name);
    if (one.namespace !== '') checkLabel(findings, `${path}.namespace`, one.namespace);
    if (one.hostname !== '') checkHost(findings, `${path}.hostname`, one.hostname);
    if (one.address !== '' && isIP(one.address) === 0) findings.value(`${path}.address`, 'must be an IP address');
    checkLabels(findings, `${path}.labels`, one.labels);
    checkExportTo(findings, `${path}.exportTo`, one.exportTo);
    checkPorts(findings, path, one);
    forEach(`${path}.instances`, one.instances, (where, each) =>
      checkInstance(findings, where, { one: each, of: one }),
    );
  });
}

function checkPorts(findings: Findings, path: string, { ports }: ListedService): void {
  if (ports.length === 0) findings.invalid(`${path}.ports`, 'must have an entry');
  forEach(`${path}.ports`, ports, (where, one) => {
    if (one.name === '') findings.invalid(`${where}.name`, 'must be set');
    checkPort(findings, `${where}.port`, one.port);
    if (one.protocol !== undefined && parseProtocol(one.protocol) === undefined) {
      findings.value(
        `${where}.protocol`,
        `must be one of ${protocols.join(', ')}, not ${JSON.stringify(one.protocol)}`,
      );
    }
  });
  for (const field of ['name', 'port'] as const) {
    findRepeated(
      ports,
      (one) => one[field],
      (index, key) => findings.invalid(`${path}.ports[${index}].${field}`, `${key} is taken by another port`),
    );
  }
}

function checkInstance(
  findings: Findings,
  path: string,
  { one, of }: { readonly one: ListedService['instances'][number]; readonly of: ListedService },
): void {
  const { address } = one;
  if (address === '') findings.invalid(`${path}.address`, 'must be set');
  else if (isIP(address) === 0 && !isDnsName(address) && !isSocketPath(address)) {
    findings.value(
      `${path}.address`,
      `must be an IP address, a host name or unix:///path, not ${JSON.stringify(address)}`,
    );
  }
  const names = new Set(of.ports.map(({ name }) => name));
  forEntries(`${path}.ports`, one.ports, (where, name, number) => {
    checkPort(findings, where, number);
    if (!names.has(name)) findings.invalid(where, `the service has no port named "${name}"`);
  });
  checkLabels(findings, `${path}.labels`, one.labels);
  checkCount(findings, `${path}.weight`, one.weight);
}

import type { KubeObject } from '../../../kube/index.js';
import { Timestamp } from '../../../util/timestamp.js';
import { parseProtocol, type Protocol } from '../../kinds/protocols.js';
import { protocolOfPort } from '../../model/port-protocol.js';
import type { Service, ServicePort } from '../../model/service.js';
import { type Fields, fieldsOf, listOf, portNumberOf, textMapOf, textOf, textsOf } from '../fields.js';

/** How the services of a cluster are called. */
export interface Naming {
  /** Ends up in `Service.registry`. */
  readonly registry: string;
  /** What hosts end in. */
  readonly domain: string;
  /** Whom the identities belong to. */
  readonly trustDomain: string;
}

/** What is kept of a service. */
export interface ServiceFacts {
  /** Without the accounts of the pods that it runs on. */
  readonly service: Service;
  /** The name outside of the cluster that it stands for; empty when it stands for none. */
  readonly externalName: string;
  /** The family of addresses that come first for it. */
  readonly family: 'IPv4' | 'IPv6';
}

const accountNames = 'alpha.istio.io/kubernetes-serviceaccounts';
const identities = 'alpha.istio.io/canonical-serviceaccounts';
const exportTo = 'networking.istio.io/exportTo';

/** Names of application protocols that are not names of protocols here. */
const appProtocols: ReadonlyMap<string, Protocol> = new Map([
  ['kubernetes.io/h2c', 'HTTP2'],
  ['kubernetes.io/ws', 'HTTP'],
  ['kubernetes.io/wss', 'HTTPS'],
]);

/** Reads a service; undefined when it has no name (mesh.md 3.1). */
export function readService(object: KubeObject, naming: Naming): ServiceFacts | undefined {
  const { name, namespace } = object.metadata;
  if (typeof name !== 'string' || typeof namespace !== 'string') return undefined;
  const spec = fieldsOf(object['spec']);
  const annotations = textMapOf(object.metadata.annotations);
  const externalName =
    spec['type'] === 'ExternalName' ? textOf(spec['externalName']).toLowerCase().replace(/\.$/, '') : '';
  const isHeadless = spec['clusterIP'] === 'None';
  const addresses = addressesOf(spec);
  const service: Service = Object.freeze({
    hostname: `${name}.${namespace}.svc.${naming.domain}`.toLowerCase(),
    name,
    namespace,
    addresses,
    ports: listOf(spec['ports'])
      .map(readPort)
      .filter((port) => port !== undefined),
    resolution: externalName !== '' ? 'DNS' : isHeadless ? 'PASSTHROUGH' : 'LISTED',
    isExternal: externalName !== '',
    serviceAccounts: accountsOf(annotations, { namespace, trustDomain: naming.trustDomain }),
    createdAt: millisOf((object.metadata as Fields)['creationTimestamp']),
    exportTo: exportsOf(annotations.get(exportTo) ?? ''),
    labels: textMapOf(object.metadata.labels),
    uid: `istio://${namespace}/services/${name}`,
    registry: naming.registry,
  });
  const [family] = textsOf(spec['ipFamilies']);
  const isIpv6 = family === undefined ? addresses[0]?.includes(':') === true : family === 'IPv6';
  return { service, externalName, family: isIpv6 ? 'IPv6' : 'IPv4' };
}

/** The identity of a service account. */
export function spiffeOf(
  account: string,
  { namespace, trustDomain }: { namespace: string; trustDomain: string },
): string {
  return `spiffe://${trustDomain}/ns/${namespace}/sa/${account}`;
}

function addressesOf(spec: Fields): readonly string[] {
  const all = [textOf(spec['clusterIP']), ...textsOf(spec['clusterIPs'])];
  return [...new Set(all)].filter((address) => address !== '' && address !== 'None');
}

function readPort(fields: Fields): ServicePort | undefined {
  const [name, number] = [textOf(fields['name']), portNumberOf(fields['port'])];
  const transport = textOf(fields['protocol']) || 'TCP';
  if (number === 0 || (transport !== 'TCP' && transport !== 'UDP')) return undefined;
  const said = textOf(fields['appProtocol']).toLowerCase();
  const protocol =
    transport === 'UDP' ? 'UDP' : (parseProtocol(said) ?? appProtocols.get(said) ?? protocolOfPort(name, number));
  return { name, number, protocol };
}

function accountsOf(
  annotations: ReadonlyMap<string, string>,
  owner: { namespace: string; trustDomain: string },
): readonly string[] {
  const accounts = partsOf(annotations.get(accountNames) ?? '').map((account) => spiffeOf(account, owner));
  return [...new Set([...partsOf(annotations.get(identities) ?? ''), ...accounts])];
}

/** Only the namespace itself and all can be said; what is more narrow counts. */
function exportsOf(text: string): readonly string[] {
  const parts = partsOf(text);
  if (parts.includes('.')) return ['.'];
  return parts.includes('*') ? ['*'] : [];
}

function partsOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function millisOf(value: unknown): number {
  const time = Timestamp.parse(textOf(value));
  return time === undefined ? 0 : time.seconds * 1000;
}

import { parseProtocol } from '../../kinds/protocols.js';
import type { Instance, Service, ServicePort } from '../../model/service.js';
import { type Fields, fieldsOf, listOf, portNumberOf, textMapOf, textOf, textsOf } from '../fields.js';
import type { KnownService } from '../tracked-registry.js';

/** The one namespace that all services of Consul are in. */
const namespace = 'default';
const noLabels: ReadonlyMap<string, string> = new Map();

/** A name that can be part of a host name. */
const hostPart = /^[a-z0-9_]([a-z0-9._-]{0,200}[a-z0-9_])?$/;

/** Services of the catalog, by what their hosts begin with; throws when it is none. `onOdd` hears of unusable names. */
export function readCatalog(value: unknown, onOdd: (name: string) => void): ReadonlyMap<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('the catalog is no object');
  const found = new Map<string, string>();
  for (const name of Object.keys(value).sort()) {
    const part = name.toLowerCase();
    if (!hostPart.test(part) || part.includes('..')) onOdd(name);
    // In host names case does not count, so that only one of these can be had.
    else if (!found.has(part)) found.set(part, name);
  }
  return found;
}

/** The key that a service is known under. */
export function consulKey(part: string): string {
  return `${namespace}/${part}.service.consul`;
}

/**
 * A service as the health API tells of it (mesh.md 3.1). Undefined when nothing is registered; throws when the answer is
 * no list. Places with a failing check are left out, those with a warning count as much as their weights say.
 */
export function readHealth(value: unknown, part: string, registry: string): KnownService | undefined {
  if (!Array.isArray(value)) throw new Error('the health of a service is no list');
  const entries = listOf(value).map(readEntry);
  if (entries.length === 0) return undefined;
  const ports = portsOf(entries);
  const isExternal = entries.some((entry) => entry.isExternal);
  const hostname = `${part}.service.consul`;
  const service: Service = Object.freeze({
    hostname,
    name: part,
    namespace,
    addresses: [],
    ports,
    resolution: isExternal ? 'PASSTHROUGH' : 'LISTED',
    isExternal,
    serviceAccounts: [],
    createdAt: 0,
    exportTo: [],
    labels: noLabels,
    uid: `istio://${namespace}/services/${part}`,
    registry,
  });
  return { service, instances: toInstances(entries, service) };
}

interface Entry {
  readonly address: string;
  readonly port: number;
  readonly protocol: string;
  readonly isExternal: boolean;
  readonly isHealthy: boolean;
  readonly weight: number;
  readonly labels: ReadonlyMap<string, string>;
  readonly locality: string;
}

function readEntry(entry: Fields): Entry {
  const [node, service] = [fieldsOf(entry['Node']), fieldsOf(entry['Service'])];
  const meta = textMapOf(service['Meta']);
  const states = listOf(entry['Checks']).map((check) => textOf(check['Status']));
  const weights = fieldsOf(service['Weights']);
  return {
    address: textOf(service['Address']) || textOf(node['Address']),
    port: portNumberOf(service['Port']),
    protocol: (meta.get('protocol') ?? '').toLowerCase() || 'tcp',
    isExternal: [meta, textMapOf(node['Meta'])].some((one) => (one.get('external') ?? '') !== ''),
    isHealthy: states.every((state) => state === 'passing' || state === 'warning'),
    weight: weightOf(weights[states.includes('warning') ? 'Warning' : 'Passing']),
    labels: labelsOf(textsOf(service['Tags'])),
    locality: textOf(node['Datacenter']),
  };
}

/** Each number once. The protocol is the name; the second port of one protocol has its number in the name, too. */
function portsOf(entries: readonly Entry[]): readonly ServicePort[] {
  const protocols = new Map<number, string>();
  for (const { port, protocol } of entries) if (port !== 0 && !protocols.has(port)) protocols.set(port, protocol);
  const names = new Set<string>();
  return [...protocols]
    .sort(([a], [b]) => a - b)
    .map(([number, protocol]) => {
      const name = names.has(protocol) ? `${protocol}-${number}` : protocol;
      names.add(name);
      return { name, number, protocol: parseProtocol(protocol) ?? 'TCP' };
    });
}

function toInstances(entries: readonly Entry[], service: Service): readonly Instance[] {
  const names = new Map(service.ports.map(({ name, number }) => [number, name]));
  const found = new Map<string, Instance>();
  for (const { address, port, isHealthy, labels, locality, weight } of entries) {
    const portName = names.get(port);
    if (!isHealthy || address === '' || portName === undefined || found.has(`${address} ${port}`)) continue;
    found.set(
      `${address} ${port}`,
      Object.freeze({
        hostname: service.hostname,
        namespace,
        portName,
        address,
        family: 'tcp',
        port,
        labels,
        locality,
        network: '',
        weight,
        serviceAccount: '',
        uid: '',
      }),
    );
  }
  return Object.freeze([...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, instance]) => instance));
}

/** Tags of the form `name|value`; others say nothing here. */
function labelsOf(tags: readonly string[]): ReadonlyMap<string, string> {
  const pairs = tags.map((tag) => tag.split('|')).filter((parts) => parts.length === 2 && parts[0] !== '');
  return pairs.length === 0 ? noLabels : new Map(pairs.map(([name = '', value = '']) => [name, value]));
}

function weightOf(value: unknown): number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= 65_535 ? value : 1;
}

import type { Node } from '../../gen/envoy/config/core/v3/base.js';
import type { Proxy } from '../model/service.js';

/** What a client says of itself in its first request. */
export interface XdsNode {
  readonly id: string;
  readonly cluster: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** `region/zone/subzone`, as far as known. */
  readonly locality: string;
  readonly agent: string;
}

/** What kind of resources a client understands. */
export type Flavour = 'envoy' | 'grpc' | 'fairlead';

/** Reads a node; undefined for one without an id. */
export function readNode(node: Node | undefined): XdsNode | undefined {
  if (node === undefined || node.id === '') return undefined;
  const { region = '', zone = '', subZone = '' } = node.locality ?? {};
  return {
    id: node.id,
    cluster: node.cluster,
    metadata: node.metadata ?? {},
    locality: [region, zone, subZone].join('/').replace(/\/+$/, ''),
    agent: node.userAgentName,
  };
}

/** The flavour that a client says it wants, else the one that its name tells of; Envoy's for all others. */
export function flavourOf({ metadata, agent }: XdsNode): Flavour {
  const wanted = textOf(metadata, 'GENERATOR').toLowerCase();
  if (wanted === 'grpc' || wanted === 'fairlead' || wanted === 'envoy') return wanted;
  if (agent.toLowerCase().startsWith('grpc')) return 'grpc';
  return agent.toLowerCase().startsWith('fairlead') ? 'fairlead' : 'envoy';
}

/**
 * The proxy that a node is: `sidecar~10.0.0.1~pod.ns~ns.svc.cluster.local`, with what its metadata says over it
 * (mesh.md 3.5). A node with another id is a sidecar with that name.
 */
export function proxyOfNode({ id, metadata, locality }: XdsNode, defaultNamespace = 'default'): Proxy {
  const [type, ip = '', name = id, domain = ''] = id.includes('~') ? id.split('~') : [];
  const ips = textOf(metadata, 'INSTANCE_IPS').split(',');
  return {
    id: name,
    type: type === 'router' ? 'router' : 'sidecar',
    namespace: namespaceOf(metadata) || /^[^.]+/.exec(domain)?.[0] || /\.([^.]+)$/.exec(name)?.[1] || defaultNamespace,
    labels: labelsOf(metadata),
    ips: [...new Set([ip, ...ips.map((one) => one.trim())])].filter((one) => one !== ''),
    locality,
  };
}

function namespaceOf(metadata: XdsNode['metadata']): string {
  return textOf(metadata, 'NAMESPACE') || textOf(metadata, 'CONFIG_NAMESPACE');
}

function labelsOf(metadata: XdsNode['metadata']): ReadonlyMap<string, string> {
  const labels = Object.hasOwn(metadata, 'LABELS') ? metadata['LABELS'] : undefined;
  if (typeof labels !== 'object' || labels === null) return new Map();
  return new Map(Object.entries(labels).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

function textOf(metadata: XdsNode['metadata'], key: string): string {
  const value = Object.hasOwn(metadata, key) ? metadata[key] : undefined;
  return typeof value === 'string' ? value : '';
}

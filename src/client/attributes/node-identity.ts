import type { Value } from '../../attributes/index.js';

/** Which side of a service a client stands at: before it, or behind its callers. */
export type Direction = 'inbound' | 'outbound';

/** Who this node is, as Envoy's bootstrap says it. */
export interface NodeIdentity {
  /** `kubernetes://pod.namespace`. */
  readonly uid: string;
  readonly namespace: string;
}

/** The fields of a bootstrap node that an identity is read from. */
export interface BootstrapNode {
  /** `type~ip~pod.namespace~domain`. */
  readonly id?: string;
  /** NODE_UID and NODE_NAMESPACE. */
  readonly metadata?: ReadonlyMap<string, string>;
}

/**
 * The identity of a node: its metadata, else what its id says. Undefined when neither tells; upstream then sends empty
 * strings, for which callers use `{ uid: '', namespace: '' }`.
 */
export function readNodeIdentity({ id = '', metadata }: BootstrapNode): NodeIdentity | undefined {
  const uid = metadata?.get('NODE_UID');
  const namespace = metadata?.get('NODE_NAMESPACE');
  if (uid !== undefined && namespace !== undefined) return { uid, namespace };
  const parts = id.split('~');
  const pod = parts[2] ?? '';
  const at = pod.lastIndexOf('.');
  if (parts.length !== 4 || at < 0) return undefined;
  return { uid: `kubernetes://${pod}`, namespace: pod.slice(at + 1) };
}

/** What a node says of itself in every request (mesh.md 1.2). */
export function nodeAttributes({ uid, namespace }: NodeIdentity, direction: Direction): Map<string, Value> {
  const side = direction === 'inbound' ? 'destination' : 'source';
  return new Map([
    [`${side}.uid`, uid],
    [`${side}.namespace`, namespace],
    ['context.reporter.uid', uid],
  ]);
}

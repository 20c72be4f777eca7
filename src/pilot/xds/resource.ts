import { createHash } from 'node:crypto';
import { Any } from '../../gen/google/protobuf/any.js';

/** The kinds of resources in the order in which they are sent: what is referred to comes before what refers to it. */
export const resourceKinds = ['cluster', 'endpoints', 'listener', 'route'] as const;
export type ResourceKind = (typeof resourceKinds)[number];

/** The types that Envoy and gRPC clients ask for. */
export const typeUrls: Readonly<Record<ResourceKind, string>> = {
  cluster: 'type.googleapis.com/envoy.config.cluster.v3.Cluster',
  endpoints: 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment',
  listener: 'type.googleapis.com/envoy.config.listener.v3.Listener',
  route: 'type.googleapis.com/envoy.config.route.v3.RouteConfiguration',
};

/** The types of our own proxy. Its settings are sent among its listeners, with a type of their own. */
export const ownTypeUrls: Readonly<Record<ResourceKind, string>> = {
  cluster: 'type.googleapis.com/fairlead.proxy.v1.Cluster',
  endpoints: 'type.googleapis.com/fairlead.proxy.v1.Endpoints',
  listener: 'type.googleapis.com/fairlead.proxy.v1.Listener',
  route: 'type.googleapis.com/fairlead.proxy.v1.RouteTable',
};
export const settingsTypeUrl = 'type.googleapis.com/fairlead.proxy.v1.Settings';

const kinds: ReadonlyMap<string, ResourceKind> = new Map(
  resourceKinds.flatMap((kind) => [
    [typeUrls[kind], kind],
    [ownTypeUrls[kind], kind],
  ]),
);

/** The kind of a type; undefined for one that is not served. */
export function kindOfType(typeUrl: string): ResourceKind | undefined {
  return kinds.get(typeUrl);
}

/** A resource that another one needs. */
export interface Reference {
  readonly kind: ResourceKind;
  readonly name: string;
}

/** A resource as it is sent, made once for all clients that get it. Immutable. */
export interface XdsResource {
  readonly name: string;
  /** Says what is in it: equal for equal content, also after a restart. */
  readonly version: string;
  /** An encoded `google.protobuf.Any`. */
  readonly any: Uint8Array;
  readonly references: readonly Reference[];
}

/** What a resource is made of. */
interface Content {
  readonly value: Uint8Array;
  readonly references?: readonly Reference[];
  /** Envoy's for the kind when left out. */
  readonly typeUrl?: string;
}

/** Makes a resource of an encoded message. */
export function createResource(kind: ResourceKind, name: string, content: Content): XdsResource {
  const value = Buffer.from(content.value);
  return Object.freeze({
    name,
    version: createHash('sha1').update(value).digest('base64url').slice(0, 16),
    any: Any.encode({ typeUrl: content.typeUrl ?? typeUrls[kind], value }).finish(),
    references: content.references ?? [],
  });
}

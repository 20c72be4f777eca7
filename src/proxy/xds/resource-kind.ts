/** The kinds of resources that a proxy asks for, in the order in which it does. */
export const resourceKinds = ['cluster', 'endpoints', 'listener', 'route'] as const;
export type ResourceKind = (typeof resourceKinds)[number];

/** Their types on the wire. */
export const typeUrls: Readonly<Record<ResourceKind, string>> = {
  cluster: 'type.googleapis.com/fairlead.proxy.v1.Cluster',
  endpoints: 'type.googleapis.com/fairlead.proxy.v1.Endpoints',
  route: 'type.googleapis.com/fairlead.proxy.v1.RouteTable',
  listener: 'type.googleapis.com/fairlead.proxy.v1.Listener',
};

/** What comes among the listeners and is none. */
export const settingsTypeUrl = 'type.googleapis.com/fairlead.proxy.v1.Settings';

/** The kind of a type; undefined for one that was not asked for. */
export function kindOfType(typeUrl: string): ResourceKind | undefined {
  return resourceKinds.find((kind) => typeUrls[kind] === typeUrl);
}

/** A resource that another one needs, or that somebody asks for. */
export interface Need {
  readonly kind: ResourceKind;
  readonly name: string;
}

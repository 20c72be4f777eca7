import { buildEnvoyEndpoints, buildEnvoySnapshot, optionsOfEnvoyNode } from '../build/envoy/index.js';
import { fairleadFlavour } from '../build/fairlead/index.js';
import { targetOf } from '../build/grpc/destinations.js';
import { buildEndpoints } from '../build/grpc/endpoint.js';
import { buildGrpcSnapshot } from '../build/grpc/index.js';
import type { ProxyView } from '../model/proxy-view.js';
import type { Flavour, XdsNode } from '../xds/node.js';
import type { XdsResource } from '../xds/resource.js';
import type { Snapshot } from '../xds/snapshot.js';

/** What a build is told besides the view. */
export interface FlavourOptions {
  readonly version: string;
  /** What a client of the view says of itself. */
  readonly node: XdsNode;
  /** What clients of the view had before; made by the same flavour. */
  readonly former?: Snapshot | undefined;
  /**
   * What views of the flavour may share, by whatever key the flavour likes; empty after each change of more than
   * endpoints. It need not follow endpoints: what has moved is asked for with `endpoints`.
   */
  readonly share: Map<string, unknown>;
  /** Hears of what is left out, and why. */
  readonly onProblem?: (message: string) => void;
}

/** What is told where only endpoints are wanted. */
type EndpointsOptions = Pick<FlavourOptions, 'node' | 'share'>;

/** How the resources of one flavour are made: the seam that `src/pilot/build/<flavour>` is plugged in by. */
export interface FlavourBuilder {
  /** All that proxies of a view are to have. */
  build(view: ProxyView, options: FlavourOptions): Snapshot;
  /**
   * Where one cluster runs now, by its name. It is asked for the clusters of services that have moved, so that the rest
   * need not be made again; a flavour without it makes all of a view again.
   */
  endpoints?(view: ProxyView, cluster: string, options: EndpointsOptions): XdsResource | undefined;
  /**
   * Whether it counts who the proxy is and what runs at its own addresses, as for listeners that others call. Then each
   * proxy has a view of its own, and one whose workload moves gets everything anew.
   */
  readonly isLocal: boolean;
}

/** The flavours that are served. */
export type Flavours = Readonly<Partial<Record<Flavour, FlavourBuilder>>>;

const grpc: FlavourBuilder = {
  build: buildGrpcSnapshot as FlavourBuilder['build'],
  endpoints(view, cluster) {
    const target = targetOf(cluster, view);
    return buildEndpoints(cluster, target === undefined ? [] : view.endpoints(target));
  },
  isLocal: false,
};

const envoy: FlavourBuilder = {
  build: (view, { node, ...told }) => buildEnvoySnapshot(view, { ...optionsOfEnvoyNode(node), ...told }),
  endpoints: (view, cluster, { node, share }) =>
    buildEnvoyEndpoints(view, cluster, { ...optionsOfEnvoyNode(node), share }),
  isLocal: true,
};

/** All flavours that there are. */
export const builtInFlavours: Flavours = { envoy, grpc, fairlead: fairleadFlavour };

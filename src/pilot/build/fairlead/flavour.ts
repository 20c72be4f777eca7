import type { ProxyView } from '../../model/proxy-view.js';
import type { XdsNode } from '../../xds/node.js';
import { optionsOfNode } from './node-options.js';
import { buildFairleadEndpoints, buildFairleadSnapshot, type FairleadBuildOptions } from './snapshot.js';

/** What a Pilot tells besides the view. */
type Told = Pick<FairleadBuildOptions, 'version' | 'share' | 'onProblem'> & { readonly node: XdsNode };

/** The resources of our own proxy, as a flavour of a Pilot. */
export const fairleadFlavour = {
  build: (view: ProxyView, { node, ...told }: Told) => buildFairleadSnapshot(view, { ...optionsOfNode(node), ...told }),
  endpoints: (view: ProxyView, cluster: string, { node }: Pick<Told, 'node'>) =>
    buildFairleadEndpoints(view, cluster, optionsOfNode(node)),
  // Listeners are at addresses of the workload, and tell Mixer who it is.
  isLocal: true,
};

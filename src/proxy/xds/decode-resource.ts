import { Cluster, Endpoints } from '../../gen/fairlead/proxy/v1/cluster.js';
import { Settings } from '../../gen/fairlead/proxy/v1/config.js';
import { Listener } from '../../gen/fairlead/proxy/v1/listener.js';
import { RouteTable } from '../../gen/fairlead/proxy/v1/route.js';
import type { Any } from '../../gen/google/protobuf/any.js';
import { compiledTable } from '../snapshot.js';
import { needsOfCluster, needsOfListener, needsOfSettings, needsOfTable } from './needs.js';
import { type Need, type ResourceKind, settingsTypeUrl, typeUrls } from './resource-kind.js';

/** A part of a configuration. */
export type Part =
  | { readonly is: 'cluster'; readonly message: Cluster }
  | { readonly is: 'endpoints'; readonly message: Endpoints }
  | { readonly is: 'table'; readonly message: RouteTable }
  | { readonly is: 'listener'; readonly message: Listener }
  | { readonly is: 'settings'; readonly message: Settings };

/** A resource that was found to be sound by itself. */
export interface Decoded {
  readonly part: Part;
  readonly needs: readonly Need[];
}

/**
 * Reads a resource.
 *
 * @throws Error for one that is not what its name and type say, or that could not be served.
 */
export function decodeResource(kind: ResourceKind, name: string, any: Any | undefined): Decoded {
  const { typeUrl = '', value = Buffer.alloc(0) } = any ?? {};
  const isSettings = kind === 'listener' && typeUrl === settingsTypeUrl;
  if (!isSettings && typeUrl !== typeUrls[kind]) throw new Error(`is of type '${typeUrl}'`);
  if (isSettings) {
    const message = Settings.decode(value);
    return { part: { is: 'settings', message }, needs: needsOfSettings(message) };
  }
  const decoded = decoders[kind](value);
  const own = decoded.part.is === 'endpoints' ? decoded.part.message.cluster : nameOf(decoded.part);
  if (own !== name) throw new Error(`says that it is '${own}'`);
  return decoded;
}

const decoders: Readonly<Record<ResourceKind, (value: Uint8Array) => Decoded>> = {
  cluster: (value) => {
    const message = Cluster.decode(value);
    return { part: { is: 'cluster', message }, needs: needsOfCluster(message) };
  },
  endpoints: (value) => ({ part: { is: 'endpoints', message: Endpoints.decode(value) }, needs: [] }),
  route: (value) => {
    const message = RouteTable.decode(value);
    compiledTable(message);
    return { part: { is: 'table', message }, needs: needsOfTable(message) };
  },
  listener: (value) => {
    const message = Listener.decode(value);
    return { part: { is: 'listener', message }, needs: needsOfListener(message) };
  },
};

function nameOf({ message }: Part): string {
  return 'name' in message ? message.name : '';
}

import { fieldOf, listOf, type Message, messageOf, pathOf, textOf } from './fields.js';
import { openOwn } from './open-own.js';

/** The kinds of what a proxy has. */
type DumpKind = 'clusters' | 'listeners' | 'routes' | 'endpoints';

/** A resource of a proxy, as it was dumped. */
export interface DumpedResource {
  readonly name: string;
  readonly message: Message;
  /** Whether a proxy was started with it, so that Pilot does not know it. */
  readonly isStatic: boolean;
}

/** What a proxy has, or is to have. */
export type ProxyDump = Readonly<Record<DumpKind, readonly DumpedResource[]>>;

/** Where resources stand in the parts of a dump: the list, and the way from an item to its resource. */
const places: Readonly<Record<DumpKind, readonly (readonly [list: string, ...way: string[]])[]>> = {
  clusters: [
    ['static_clusters', 'cluster'],
    ['dynamic_active_clusters', 'cluster'],
  ],
  listeners: [
    ['static_listeners', 'listener'],
    ['dynamic_listeners', 'active_state', 'listener'],
  ],
  routes: [
    ['static_route_configs', 'route_config'],
    ['dynamic_route_configs', 'route_config'],
  ],
  endpoints: [
    ['static_endpoint_configs', 'endpoint_config'],
    ['dynamic_endpoint_configs', 'endpoint_config'],
  ],
};

/** The same in the dump of our own proxy. */
const ownLists: Readonly<Record<DumpKind, string>> = {
  clusters: 'clusters',
  listeners: 'listeners',
  routes: 'route_tables',
  endpoints: 'endpoints',
};

/** Reads a `/config_dump`: of Envoy, of our proxy, or of Pilot for one of them. */
export function readDump(dump: unknown): ProxyDump {
  const parts = listOf(fieldOf(dump, 'configs'));
  const read = (kind: DumpKind): readonly DumpedResource[] =>
    parts.flatMap((part) => {
      const own = listOf(pathOf(part, 'config', ownLists[kind]));
      const others = places[kind].flatMap(([list, ...way]) =>
        listOf(fieldOf(part, list)).flatMap((item) => toResource(pathOf(item, ...way), list.startsWith('static'))),
      );
      return [...own.flatMap((item) => toResource(item, false)), ...others];
    });
  return {
    clusters: read('clusters'),
    listeners: read('listeners'),
    routes: read('routes'),
    endpoints: read('endpoints'),
  };
}

/** Routes that a listener brings along have no name of their own; what is told apart by its type has none either. */
function toResource(value: unknown, isStatic: boolean): readonly DumpedResource[] {
  const message = openOwn(messageOf(value));
  const name = ['name', 'cluster_name', 'cluster']
    .map((field) => textOf(fieldOf(message, field)))
    .find((one) => one !== '');
  return name === undefined ? [] : [{ name, message, isStatic }];
}

export { chooseCluster, type ClusterChoice, connectCluster, connectKubeconfigText } from './connect.js';
export { type Environment, readEnvironment } from './environment.js';
export { resourceName } from './resource-path.js';
export type {
  Answer,
  Connection,
  KubeObject,
  ObjectMeta,
  OwnerReference,
  ResourceType,
  ResourceWatch,
  Selection,
  Stop,
  Timing,
  WatchListener,
  WatchOptions,
  WatchState,
} from './types.js';
export { watchResource } from './watch-resource.js';

export { type Change, createDebouncer } from './debounce.js';
export type { XdsEnv } from './env.js';
export { type Flavour, flavourOf, proxyOfNode, type XdsNode } from './node.js';
export { createResource, type Reference, type ResourceKind, typeUrls, type XdsResource } from './resource.js';
export { createXdsServer, type XdsLimits, type XdsServer, type XdsServerOptions } from './server.js';
export { addXdsService } from './service.js';
export { createSnapshot, findDangling, type Snapshot } from './snapshot.js';
export type { ProxyStatus, XdsObserver } from './status.js';

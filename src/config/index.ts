export { type Decoded, decodeSpec } from './decode.js';
export { type LoadResult, parseResources, type ParseOptions } from './parse.js';
export { type Resource, resourceKey, type SpecNode } from './resource.js';
export { type SpecEntry, specEntries, specValue } from './spec.js';
export { loadPaths } from './store/load-paths.js';
export { openStore } from './store/open-store.js';
export { suggest } from './suggest.js';
export type { ConfigStore, StoreLog, StoreOptions, Timers } from './store/store.js';

export { createClusterSet, type LiveClusterSet } from './cluster-set.js';
export type { UpstreamEnv } from './env.js';

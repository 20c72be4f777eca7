export { fairleadFlavour } from './flavour.js';
export { optionsOfNode } from './node-options.js';
export type { BuildOptions, Certificates } from './options.js';
export { buildProxyConfig } from './proxy-config.js';
export { buildFairleadSnapshot, type FairleadBuildOptions, toFairleadSnapshot } from './snapshot.js';

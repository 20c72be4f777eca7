export type { BuildOptions, Certificates } from './options.js';
export { buildProxyConfig } from './proxy-config.js';

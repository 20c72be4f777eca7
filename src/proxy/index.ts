export { type ProxyEnv, type ProxyLog, systemEnv, systemUpstreamEnv } from './env.js';
export type { Address } from './http/message.js';
export type { Problem } from './listeners/index.js';
export {
  type AdminServer,
  createAdminServer,
  createLogOutputs,
  type LogLevel,
  type LogLevels,
  readServer,
  type ServerState,
  type SpanData,
  type SpanSink,
  toTraceSpan,
} from './observe/index.js';
export { createProxy, type Proxy, type ProxyOptions } from './proxy.js';
export { type ConfigCache, type DiscoveryFeed, openConfigCache, openDiscoveryFeed } from './xds/index.js';

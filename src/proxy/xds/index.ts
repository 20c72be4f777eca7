export { type CacheOptions, type ConfigCache, openConfigCache } from './config-cache.js';
export {
  type ConfigListener,
  type DiscoveryFeed,
  type DiscoveryLimits,
  type DiscoveryOptions,
  openDiscoveryFeed,
} from './discovery-feed.js';

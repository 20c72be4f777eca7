export { type ConfigCache, openConfigCache } from './config-cache.js';
export { type DiscoveryFeed, type DiscoveryLimits, openDiscoveryFeed } from './discovery-feed.js';

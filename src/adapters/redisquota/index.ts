import { defineAdapter } from 'fairlead/sdk';
import { quota } from 'fairlead/templates';
import { redisquotaConfig } from './config.js';
import { validateTypes } from './validate-types.js';
import { validate } from './validate.js';

export default defineAdapter({
  name: 'redisquota',
  description: 'Rate limits, counted in a Redis that several Mixers share.',
  templates: [quota],
  config: redisquotaConfig,
  validate,
  validateTypes,
  // With the Redis client, which is 20 MB in memory and most servers never need.
  build: async (input) => (await import('./handler.js')).createHandler(input),
});

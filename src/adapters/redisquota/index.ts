import { defineAdapter } from 'fairlead/sdk';
import { quota } from 'fairlead/templates';
import { redisquotaConfig } from './config.js';
import { createHandler } from './handler.js';
import { validate } from './validate.js';

export default defineAdapter({
  name: 'redisquota',
  description: 'Rate limits, counted in a Redis that several Mixers share.',
  templates: [quota],
  config: redisquotaConfig,
  validate,
  build: createHandler,
});

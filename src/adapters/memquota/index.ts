import { defineAdapter } from 'fairlead/sdk';
import { quota } from 'fairlead/templates';
import { memquotaConfig } from './config.js';
import { createHandler } from './handler.js';
import { validateTypes } from './validate-types.js';
import { validate } from './validate.js';

export default defineAdapter({
  name: 'memquota',
  description: "Rate limits and allocation quotas, counted in this process's memory.",
  templates: [quota],
  config: memquotaConfig,
  validate,
  validateTypes,
  build: createHandler,
});

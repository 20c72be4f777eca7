import { defineAdapter } from 'fairlead/sdk';
import { logentry, metric } from 'fairlead/templates';
import { solarwindsConfig } from './config.js';
import { createHandler } from './handler.js';
import { validateTypes } from './validate-types.js';
import { validate } from './validate.js';

export default defineAdapter({
  name: 'solarwinds',
  description: 'Metrics for AppOptics and logs for Papertrail.',
  templates: [metric, logentry],
  config: solarwindsConfig,
  validate,
  validateTypes,
  build: createHandler,
});

import { defineAdapter } from 'fairlead/sdk';
import { metric } from 'fairlead/templates';
import { circonusConfig } from './config.js';
import { createHandler } from './handler.js';
import { validateTypes } from './validate-types.js';
import { validate } from './validate.js';

export default defineAdapter({
  name: 'circonus',
  description: 'Metrics for Circonus, put to an HTTPTrap check.',
  templates: [metric],
  config: circonusConfig,
  validate,
  validateTypes,
  build: createHandler,
});

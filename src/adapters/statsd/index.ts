import { defineAdapter } from 'fairlead/sdk';
import { metric } from 'fairlead/templates';
import { statsdConfig } from './config.js';
import { validateTypes } from './validate-types.js';
import { validateConfig } from './validate.js';

export default defineAdapter({
  name: 'statsd',
  description: 'Sends metrics to a statsd server.',
  templates: [metric],
  config: statsdConfig,
  validate: validateConfig,
  validateTypes,
  build: async (input) => (await import('./handler.js')).createHandler(input),
});

import { defineAdapter } from 'fairlead/sdk';
import { metric } from 'fairlead/templates';
import { dogstatsdConfig } from './config.js';
import { validateTypes } from './validate-types.js';
import { validateConfig } from './validate.js';

export default defineAdapter({
  name: 'dogstatsd',
  description: 'Sends metrics with tags to a Datadog agent.',
  templates: [metric],
  config: dogstatsdConfig,
  validate: validateConfig,
  validateTypes,
  // With hot-shots, which servers without Datadog do not need.
  build: async (input) => (await import('./handler.js')).createHandler(input),
});

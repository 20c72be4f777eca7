import { defineAdapter } from 'fairlead/sdk';
import { logentry } from 'fairlead/templates';
import { fluentdConfig } from './config.js';
import { validate } from './validate.js';

export default defineAdapter({
  name: 'fluentd',
  description: 'Log entries to a fluentd or fluent-bit, over the forward protocol.',
  templates: [logentry],
  config: fluentdConfig,
  validate,
  build: async (input) => (await import('./handler.js')).createHandler(input),
});

import { defineAdapter } from 'fairlead/sdk';
import { logentry, metric } from 'fairlead/templates';
import { cloudwatchConfig } from './config.js';
import { validateTypes } from './validate-types.js';
import { validate } from './validate.js';

export default defineAdapter({
  name: 'cloudwatch',
  description: 'Sends metrics to Amazon CloudWatch and log entries to CloudWatch Logs.',
  templates: [metric, logentry],
  config: cloudwatchConfig,
  validate,
  validateTypes,
  build: async (input) => (await import('./handler.js')).createHandler(input),
});

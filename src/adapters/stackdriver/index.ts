import { defineAdapter } from 'fairlead/sdk';
import { edge, logentry, metric, tracespan } from 'fairlead/templates';
import { configSchema } from './config.js';
import { validateConfig } from './validate.js';

/** The stackdriver adapter: metrics, logs and spans for Google Cloud's operations suite. */
export default defineAdapter({
  name: 'stackdriver',
  description: 'Sends metrics, logs and spans to Google Cloud Monitoring, Logging and Trace.',
  templates: [edge, logentry, metric, tracespan],
  config: configSchema,
  validate: validateConfig,
  build: async (input) => (await import('./handler.js')).createHandler(input),
});

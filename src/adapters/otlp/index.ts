import { defineAdapter } from 'fairlead/sdk';
import { logentry, metric, tracespan } from 'fairlead/templates';

import { configSchema } from './config.js';
import { validateConfig } from './validate.js';

/** The otlp adapter: metrics, logs and spans for an OpenTelemetry Collector. */
export default defineAdapter({
  name: 'otlp',
  description: 'Sends metrics, log entries and trace spans to an OpenTelemetry Collector.',
  templates: [metric, logentry, tracespan],
  config: configSchema,
  validate: validateConfig,
  // With the protobuf and gRPC libraries, which servers without this adapter do not need.
  build: async (input) => (await import('./handler.js')).createHandler(input),
});

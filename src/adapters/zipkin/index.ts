import { defineAdapter } from 'fairlead/sdk';
import { tracespan } from 'fairlead/templates';

import { configSchema } from './config.js';
import { createHandler } from './handler.js';
import { validateConfig } from './validate.js';

/** The zipkin adapter: spans of the mesh, sent to a Zipkin collector. */
export default defineAdapter({
  name: 'zipkin',
  description: 'Sends trace spans to a Zipkin collector.',
  templates: [tracespan],
  config: configSchema,
  validate: validateConfig,
  build: createHandler,
});

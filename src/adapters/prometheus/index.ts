import { defineAdapter } from 'fairlead/sdk';
import { metric } from 'fairlead/templates';

import { configSchema } from './config.js';
import { createHandler } from './handler.js';
import { validateConfig } from './validate.js';

/** The prometheus adapter: metrics for a Prometheus server to scrape. */
export default defineAdapter({
  name: 'prometheus',
  description: 'Gathers metrics and exposes them to Prometheus.',
  templates: [metric],
  config: configSchema,
  validate: validateConfig,
  build: createHandler,
});

import { defineAdapter } from 'fairlead/sdk';
import { logentry, metric } from 'fairlead/templates';

import { configSchema } from './config.js';
import { createHandler } from './handler.js';
import { openLogFile } from './open-log-file.js';
import { validateConfig } from './validate.js';

/** The stdio adapter: access logs and metrics as lines on standard output, standard error or in a file. */
export default defineAdapter({
  name: 'stdio',
  description: 'Writes log entries and metrics as lines to standard output, standard error or a file.',
  templates: [logentry, metric],
  config: configSchema,
  validate: validateConfig,
  build: async (input) => createHandler(input, await openLogFile(input.config, input.env)),
});

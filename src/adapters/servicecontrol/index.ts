import { defineAdapter } from 'fairlead/sdk';
import { apikey, quota, servicecontrolreport } from 'fairlead/templates';
import { servicecontrolConfig } from './config.js';
import { validate } from './validate.js';

export default defineAdapter({
  name: 'servicecontrol',
  description: 'Checks API keys, allocates quota and reports requests with Google Service Control.',
  templates: [apikey, quota, servicecontrolreport],
  config: servicecontrolConfig,
  validate,
  build: async (input) => (await import('./handler.js')).createHandler(input),
});

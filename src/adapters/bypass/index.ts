import { defineAdapter } from 'fairlead/sdk';
import { checknothing, metric, quota, reportnothing } from 'fairlead/templates';
import { bypassConfig } from './config.js';
import { validate } from './validate.js';

export default defineAdapter({
  name: 'bypass',
  description: 'Hands instances on to an out-of-process adapter over gRPC.',
  templates: [checknothing, reportnothing, metric, quota],
  config: bypassConfig,
  validate,
  build: async (input) => (await import('./handler.js')).createHandler(input),
});

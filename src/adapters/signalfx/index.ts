import { defineAdapter } from 'fairlead/sdk';
import { metric, tracespan } from 'fairlead/templates';
import { signalfxConfig } from './config.js';
import { validateTypes } from './validate-types.js';
import { validate } from './validate.js';

export default defineAdapter({
  name: 'signalfx',
  description: 'Metrics and trace spans for SignalFx.',
  templates: [metric, tracespan],
  config: signalfxConfig,
  validate,
  validateTypes,
  // Only those who use it pay for protobuf.
  async build(input) {
    const { createHandler } = await import('./handler.js');
    return createHandler(input);
  },
});

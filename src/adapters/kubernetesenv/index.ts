import { defineAdapter } from 'fairlead/sdk';
import { kubernetes } from 'fairlead/templates';
import { kubernetesenvConfig } from './config.js';
import { validate } from './validate.js';

export default defineAdapter({
  name: 'kubernetesenv',
  description: 'Finds the pods at both ends of a request and makes attributes of what is known about them.',
  templates: [kubernetes],
  config: kubernetesenvConfig,
  validate,
  build: async (input) => (await import('./handler.js')).createHandler(input),
});

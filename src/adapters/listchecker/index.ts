import { defineAdapter } from 'fairlead/sdk';
import { listentry } from 'fairlead/templates';
import { listcheckerConfig } from './config.js';
import { createHandler } from './handler.js';
import { validateConfig } from './validate.js';

export default defineAdapter({
  name: 'listchecker',
  description: 'Allows or denies by a list of texts, IP ranges or regular expressions.',
  templates: [listentry],
  config: listcheckerConfig,
  validate: validateConfig,
  build: ({ config, types }) => createHandler({ config, types }),
});

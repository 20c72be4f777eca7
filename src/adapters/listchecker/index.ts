import { defineAdapter } from 'fairlead/sdk';
import { listentry } from 'fairlead/templates';
import { listcheckerConfig } from './config.js';
import { createHandler } from './handler.js';
import { createSource } from './source.js';
import { validateConfig } from './validate.js';

export default defineAdapter({
  name: 'listchecker',
  description: 'Allows or denies by a list of texts, IP ranges or regular expressions, its own or fetched.',
  templates: [listentry],
  config: listcheckerConfig,
  validate: validateConfig,
  build: async ({ config, types, env }) => createHandler({ config, types, source: await createSource(config, env) }),
});

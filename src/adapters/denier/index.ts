import { defineAdapter } from 'fairlead/sdk';
import { checknothing, listentry, quota } from 'fairlead/templates';
import { denierConfig } from './config.js';
import { createHandler } from './handler.js';
import { validateConfig } from './validate.js';

export default defineAdapter({
  name: 'denier',
  description: 'Answers every check with one configured status and grants no quota.',
  templates: [checknothing, listentry, quota],
  config: denierConfig,
  validate: validateConfig,
  build: ({ config }) => createHandler(config),
});

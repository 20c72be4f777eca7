import { defineAdapter } from 'fairlead/sdk';
import { checknothing, listentry, quota } from 'fairlead/templates';
import { denierConfig } from './config.js';
import { readDirectResponse } from './direct-response.js';
import { createHandler } from './handler.js';

export default defineAdapter({
  name: 'denier',
  description: 'Answers every check with one configured status and grants no quota.',
  templates: [checknothing, listentry, quota],
  config: denierConfig,
  validate: (config, report) => void readDirectResponse(config.status.details, report),
  build: ({ config }) => createHandler(config),
});

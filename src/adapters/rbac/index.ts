import { defineAdapter } from 'fairlead/sdk';
import { authorization } from 'fairlead/templates';
import { rbacConfig } from './config.js';
import { createHandler } from './handler.js';
import { rbacKinds } from './kinds.js';
import { validateResources } from './validate-resources.js';
import { validateConfig } from './validate.js';

export default defineAdapter({
  name: 'rbac',
  description: 'Allows what a role allows to those who have the role, and denies everything else.',
  templates: [authorization],
  config: rbacConfig,
  kinds: rbacKinds,
  validate: validateConfig,
  validateResources,
  build: ({ config, resources, env }) => createHandler({ config, resources, env }),
});

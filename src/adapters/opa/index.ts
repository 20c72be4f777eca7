import { defineAdapter } from 'fairlead/sdk';
import { authorization } from 'fairlead/templates';
import { buildHandler } from './build.js';
import { opaConfig } from './config.js';
import { findProblems } from './problems.js';

export { compilePolicy, type PolicySource } from './compile.js';

export default defineAdapter({
  name: 'opa',
  description: 'Allows or denies by a policy in Rego, evaluated as WebAssembly.',
  templates: [authorization],
  config: opaConfig,
  validate: (config, report) => {
    // With failClose a handler that cannot work is wanted all the same: it denies (adapters.md 2.5).
    if (config.failClose) return;
    for (const { path, message } of findProblems(config)) report(path, message);
  },
  build: buildHandler,
});

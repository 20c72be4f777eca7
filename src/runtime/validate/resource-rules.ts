import { foreignKinds } from './foreign-kinds.js';
import { outOfProcess } from './out-of-process.js';
import type { ResourceRule } from './rule.js';

/** All rules that judge a resource by its kind. */
export const resourceRules: readonly ResourceRule[] = Object.freeze([foreignKinds, outOfProcess]);

import type { Template } from '../../sdk/index.js';
import { callRules } from './call-rules.js';
import { configRules } from './config-rules.js';
import { descriptorRules } from './descriptor-rules.js';
import { lifeRules } from './life-rules.js';
import type { AdapterSuiteOptions } from './options.js';
import { readmeRules } from './readme-rules.js';
import { Rig } from './rig.js';
import type { Rule } from './rule.js';

/** The MUSTs of docs/adapter-guide.md that {@link adapterSuite} proves, in order of their ids. */
export const adapterRules: readonly Rule[] = Object.freeze([
  ...descriptorRules,
  ...configRules,
  ...callRules,
  ...lifeRules,
  ...readmeRules,
]);

/**
 * Registers one test per rule of docs/adapter-guide.md for an adapter, titled `A-01 <adapter> <what it does>`. Built-in
 * adapters pass the same tests through the same call.
 */
export function adapterSuite<C, T extends Template>(options: AdapterSuiteOptions<C, T>): void {
  // Methods are called by name from here on, so the adapter's own types have done their work.
  const rig = new Rig(options);
  for (const rule of adapterRules) {
    if (rule.applies?.(rig) === false) continue;
    options.test(`${rule.id} ${options.adapter.name} ${rule.title}`, () => rule.run(rig));
  }
}

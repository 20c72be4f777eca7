import type { InstanceTypes, ReportProblem } from 'fairlead/sdk';
import type { quota } from 'fairlead/templates';
import type { MemquotaConfig } from './config.js';

/** Finds quotas without a limit, and overrides for dimensions that their quota does not have. */
export function validateTypes(
  { quotas }: MemquotaConfig,
  types: InstanceTypes<typeof quota>,
  report: ReportProblem,
): void {
  const limits = new Set(quotas.map(({ name }) => name));
  for (const name of types.quota.keys()) {
    if (!limits.has(name)) report('quotas', `did not find limit defined for quota ${name}`);
  }
  for (const [at, { name, overrides }] of quotas.entries()) {
    const known = types.quota.get(name)?.dimensions;
    if (known === undefined) continue;
    for (const [index, { dimensions }] of overrides.entries()) {
      for (const dimension of dimensions.keys()) {
        if (Object.hasOwn(known, dimension)) continue;
        const message = `the quota has no dimension "${dimension}": this override counts only where that must be empty`;
        report(`quotas[${at}].overrides[${index}].dimensions`, message, 'warning');
      }
    }
  }
}

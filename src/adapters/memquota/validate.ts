import type { Duration, ReportProblem } from 'fairlead/sdk';
import type { MemquotaConfig, QuotaConfig } from './config.js';

/** Finds what a schema cannot say: durations without which there is nothing to count in. */
export function validate(config: MemquotaConfig, report: ReportProblem): void {
  config.quotas.forEach((quota, index) => validateQuota(quota, `quotas[${index}]`, report));
  if (!isPositive(config.minDeduplicationDuration)) report('minDeduplicationDuration', 'must be more than 0');
}

function validateQuota(quota: QuotaConfig, path: string, report: ReportProblem): void {
  const { rateLimitAlgorithm: algorithm } = quota;
  // With overrides it may be meant: some get something, all others nothing.
  if (quota.maxAmount <= 0n && quota.overrides.length === 0) {
    report(`${path}.maxAmount`, 'is not more than 0, so that nothing is ever granted', 'warning');
  }
  // A rolling window without a duration is how Mixer's users ask for an allocation.
  if (algorithm === 'ROLLING_WINDOW') return;
  const problem = `must be more than 0 for ${algorithm}`;
  if (!isPositive(quota.validDuration)) report(`${path}.validDuration`, problem);
  quota.overrides.forEach(({ validDuration }, index) => {
    if (!isPositive(validDuration)) report(`${path}.overrides[${index}].validDuration`, problem);
  });
}

function isPositive(duration: Duration): boolean {
  return duration.toNanos() > 0n;
}

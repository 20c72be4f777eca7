import { type CheckResult, Duration, type QuotaArgs, type QuotaResult } from 'fairlead/sdk';

const forever = Duration.fromSeconds(1e9);
const allowed: CheckResult = Object.freeze({ validDuration: forever, validUseCount: 1e9 });

/** Says yes to every check, for as long as anybody could ask. */
export function allow(): CheckResult {
  return allowed;
}

/** Grants whatever is asked for. */
export function grant(_instance: unknown, args: QuotaArgs): QuotaResult {
  return { amount: args.amount, validDuration: forever };
}

/** Takes a report and drops it. */
export function ignore(): void {
  // Nothing to do: that is this adapter's purpose.
}

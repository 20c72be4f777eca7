import { type CheckResult, rpcCode } from 'fairlead/sdk';

/** What came of asking a policy. */
export type Verdict = 'allow' | 'deny' | 'error' | 'undefined' | 'ambiguous' | 'not boolean';

/** What the rows of a result set say (adapters.md 2.5): exactly one, and a boolean, or nothing is decided. */
export function verdictOf(rows: readonly unknown[]): Verdict {
  if (rows.length !== 1) return rows.length === 0 ? 'undefined' : 'ambiguous';
  const value = rows[0];
  if (typeof value !== 'boolean') return 'not boolean';
  return value ? 'allow' : 'deny';
}

const rejected = 'opa: request was rejected';

/** No validity, so that an OK leaves it to others how long it holds. */
const allowed: CheckResult = Object.freeze({});

/** The answer to a request that no policy was asked about, or that one denied. */
export const denied: CheckResult = denial(rejected);

/** The answer that a verdict amounts to: what is not decided passes, unless `failClose`. */
export function answerTo(verdict: Verdict, failClose: boolean, error = ''): CheckResult {
  if (verdict === 'allow') return allowed;
  if (verdict === 'deny') return denied;
  if (!failClose) return allowed;
  return verdict === 'error' ? denial(`${rejected}. err: ${error}`) : denied;
}

function denial(message: string): CheckResult {
  return Object.freeze({ status: Object.freeze({ code: rpcCode.PERMISSION_DENIED, message }) });
}

import { type CheckResult, type Duration, rpcCode } from 'fairlead/sdk';

const validUseCount = 1_000_000_000;

/** What a binding that only tells would have done: the role that allows, undefined when none does. */
export interface Shadow {
  readonly role: string | undefined;
}

/** The answers of a handler, made once: each decision without a shadow, and with each shadow that occurs. */
export class Answers {
  readonly #plain: readonly [denied: CheckResult, allowed: CheckResult];
  readonly #shadowed: readonly [Map<string | undefined, CheckResult>, Map<string | undefined, CheckResult>];

  constructor(private readonly validDuration: Duration) {
    this.#plain = [this.#create(false, undefined), this.#create(true, undefined)];
    this.#shadowed = [new Map(), new Map()];
  }

  /** The answer to a decision. The shadow is told in the message of the status, of an OK one too. */
  of(allowed: boolean, shadow?: Shadow): CheckResult {
    const index = allowed ? 1 : 0;
    if (shadow === undefined) return this.#plain[index];
    // As many as there are roles.
    const known = this.#shadowed[index];
    let answer = known.get(shadow.role);
    if (answer === undefined) known.set(shadow.role, (answer = this.#create(allowed, shadow)));
    return answer;
  }

  #create(allowed: boolean, shadow: Shadow | undefined): CheckResult {
    const { validDuration } = this;
    if (allowed && shadow === undefined) return Object.freeze({ validDuration, validUseCount });
    const detail = shadow === undefined ? '' : ` (permissive: ${responseCode(shadow)}, ${policyId(shadow)})`;
    const message = `RBAC: ${allowed ? 'allowed' : 'permission denied'}.${detail}`;
    const status = Object.freeze({ code: allowed ? rpcCode.OK : rpcCode.PERMISSION_DENIED, message });
    return Object.freeze({ status, validDuration, validUseCount });
  }
}

/** The HTTP status that the shadow stands for, as `rbac.permissive.response_code` has it. */
export function responseCode({ role }: Shadow): string {
  return role === undefined ? '403' : '200';
}

/** The role that allows, as `rbac.permissive.effective_policy_id` has it. */
export function policyId({ role }: Shadow): string {
  return role ?? 'none';
}

import { type CheckResult, Duration, type Handler, type QuotaResult } from 'fairlead/sdk';
import type { checknothing, listentry, quota } from 'fairlead/templates';
import type { DenierConfig } from './config.js';
import { readDirectResponse } from './direct-response.js';

const nothingGranted: QuotaResult = Object.freeze({ amount: 0n, validDuration: Duration.zero });

/** Makes the one answer, once; no request costs more than handing it out. */
export function createHandler(config: DenierConfig): Handler<typeof checknothing | typeof listentry | typeof quota> {
  const { code, message, details } = config.status;
  // Problems were reported by validate already.
  const directResponse = readDirectResponse(details, () => undefined);
  const denied: CheckResult = Object.freeze({
    status: Object.freeze({ code, message, directResponse }),
    validDuration: config.validDuration,
    validUseCount: config.validUseCount,
  });
  const deny = (): CheckResult => denied;
  return { handleCheckNothing: deny, handleListEntry: deny, handleQuota: () => nothingGranted };
}

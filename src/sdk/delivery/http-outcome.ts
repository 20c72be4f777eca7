import type { HttpAnswer } from './http-answer.js';
import type { Mask } from './mask.js';
import { shortText } from './reason.js';
import type { SendOutcome } from './types.js';

/** What {@link outcomeOf} needs to know besides the answer. */
export interface OutcomeOptions {
  readonly host: string;
  /** How many there are in the batch. */
  readonly entries: number;
  readonly mask: Mask;
  readonly retryOn?: readonly number[];
  readonly maxRetryAfterMillis?: number;
}

const contentTooLarge = 413;
const later = new Set([408, 425, 429]);
const never = new Set([501, 505]);

/** What an answer other than 2xx means for a batch of so many entries. */
export function outcomeOf(
  answer: HttpAnswer,
  options: OutcomeOptions,
): SendOutcome<never> & { readonly kind: 'retry' | 'rejected' | 'split' } {
  const { status, body } = answer;
  // Masked before it is cut: a secret that is cut in two would not be found any more.
  const text = shortText(options.mask(body));
  const reason = `${options.host}: HTTP ${status}${text === '' ? '' : `: ${text}`}`;
  if (!isLater(status, options.retryOn)) {
    return { kind: status === contentTooLarge && options.entries > 1 ? 'split' : 'rejected', reason };
  }
  const wait = retryAfterMillis(answer.headers);
  if (wait === undefined) return { kind: 'retry', reason };
  return { kind: 'retry', reason, retryAfterMillis: Math.min(wait, options.maxRetryAfterMillis ?? 300_000) };
}

function isLater(status: number, more: readonly number[] = []): boolean {
  return later.has(status) || (status >= 500 && !never.has(status)) || more.includes(status);
}

/**
 * Reads Retry-After: seconds, or a date. A date is held against the Date of the same answer, so the server's clock may
 * be as wrong as it likes; without one it is not heeded.
 */
function retryAfterMillis(headers: Headers): number | undefined {
  const text = headers.get('retry-after')?.trim() ?? '';
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const millis = Date.parse(text) - Date.parse(headers.get('date') ?? '');
  return Number.isNaN(millis) ? undefined : Math.max(0, millis);
}

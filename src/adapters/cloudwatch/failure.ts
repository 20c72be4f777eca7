/** What a failed call means for what it carried. */
export type Failure =
  | { readonly kind: 'retry'; readonly reason: string; readonly retryAfterMillis?: number }
  | { readonly kind: 'rejected'; readonly reason: string };

/** What AWS clients throw, as far as it is of use. */
export interface AwsError {
  readonly name: string;
  readonly message: string;
  readonly code?: unknown;
  readonly expectedSequenceToken?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

/** Errors that are answered as bad requests and are over after a while: too many calls, old credentials, wrong clocks. */
const passing =
  /throttl|toomany|limitexceeded|slowdown|timeout|unavailable|expired|skewed|invalidsignature|signaturedoesnotmatch/i;
const longestReason = 200;
const longestWait = 300_000;

/** Whatever was thrown, as an error of AWS. */
export function asAwsError(cause: unknown): AwsError {
  return cause instanceof Error ? cause : { name: 'Error', message: String(cause) };
}

/**
 * Sorts failures: those without an answer, of the server, of too many calls and of credentials that have run out may
 * pass; other refusals stay.
 */
export function failureOf(error: AwsError): Failure {
  const status = error.$metadata?.httpStatusCode;
  const reason = reasonOf(error, status);
  if (!mayPass(error.name, status)) return { kind: 'rejected', reason };
  const seconds = error.$response?.headers?.['retry-after'] ?? '';
  if (!/^\d+$/.test(seconds)) return { kind: 'retry', reason };
  return { kind: 'retry', reason, retryAfterMillis: Math.min(Number(seconds) * 1000, longestWait) };
}

function mayPass(name: string, status: number | undefined): boolean {
  // An answer of 200 that cannot be read was not one of AWS.
  if (status === undefined || status < 300 || status >= 500) return true;
  return status === 408 || status === 429 || passing.test(name);
}

function reasonOf({ name, message, code }: AwsError, status: number | undefined): string {
  const text = message === '' && typeof code === 'string' ? code : message;
  const line = `${name}: ${text}`.slice(0, 4 * longestReason).replace(/[\p{Cc}\s]+/gu, ' ');
  const said = line.length > longestReason ? `${line.slice(0, longestReason)}...` : line;
  return status === undefined ? said : `HTTP ${status}: ${said}`;
}

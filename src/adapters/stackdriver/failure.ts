import { rpcCode } from 'fairlead/sdk';
import type { SendOutcome } from 'fairlead/sdk/delivery';
import { type Json, objectOf, objectsOf, textOf } from './json.js';

/** An answer other than 2xx. */
export interface Failure {
  /** By google.rpc. */
  readonly code: number;
  /** For logs. */
  readonly text: string;
  /** What the API says itself; empty when something else has answered. */
  readonly message: string;
  /** The details of google.rpc.Status. */
  readonly details: readonly Json[];
  readonly retryAfterMillis: number | undefined;
}

const later: ReadonlySet<number> = new Set([
  rpcCode.CANCELLED,
  rpcCode.DEADLINE_EXCEEDED,
  rpcCode.RESOURCE_EXHAUSTED,
  rpcCode.ABORTED,
  rpcCode.INTERNAL,
  rpcCode.UNAVAILABLE,
]);
const byStatus: ReadonlyMap<number, number> = new Map([
  [401, rpcCode.UNAUTHENTICATED],
  [408, rpcCode.DEADLINE_EXCEEDED],
  [409, rpcCode.ABORTED],
  [425, rpcCode.UNAVAILABLE],
  [429, rpcCode.RESOURCE_EXHAUSTED],
  [499, rpcCode.CANCELLED],
  [501, rpcCode.UNIMPLEMENTED],
  [505, rpcCode.UNIMPLEMENTED],
]);
const longestWaitMillis = 300_000;

/** Whether what failed with this code may succeed later (adapters.md 4.8). */
export function isLater(code: number): boolean {
  return later.has(code);
}

/** Reads an answer; one that is none of the API's own, as of a proxy on the way, is known by its status. */
export function readFailure(host: string, { status, headers }: Response, body: string): Failure {
  const error = objectOf(parse(body)['error']);
  const name = textOf(error['status']);
  const message = textOf(error['message']);
  const code = Object.hasOwn(rpcCode, name) ? rpcCode[name as keyof typeof rpcCode] : codeOf(status);
  const wait = headers.get('retry-after')?.trim() ?? '';
  return {
    code,
    text: `${host}: HTTP ${status}${message === '' ? '' : `: ${message}`}`,
    message,
    details: objectsOf(error['details']),
    retryAfterMillis: /^\d+$/.test(wait) ? Math.min(Number(wait) * 1000, longestWaitMillis) : undefined,
  };
}

/** What a failure means for a batch. A token that was refused is not used again, so it may go out once more. */
export function outcomeOf({ code, text, retryAfterMillis }: Failure): SendOutcome<never> {
  if (!isLater(code) && code !== rpcCode.UNAUTHENTICATED) return { kind: 'rejected', reason: text };
  return { kind: 'retry', reason: text, ...(retryAfterMillis === undefined ? {} : { retryAfterMillis }) };
}

function codeOf(status: number): number {
  return byStatus.get(status) ?? (status >= 500 ? rpcCode.UNAVAILABLE : rpcCode.UNKNOWN);
}

function parse(body: string): Json {
  try {
    return objectOf(JSON.parse(body));
  } catch {
    // A page of a proxy says what it says; the status has to do.
    return {};
  }
}

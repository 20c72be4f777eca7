import { rpcCode } from '../results.js';
import type { SpanStatus } from './types.js';

const names: readonly string[] = Object.keys(rpcCode);
const unknown = statusOf('UNKNOWN');
const ok = statusOf('OK');
const byHttp: ReadonlyMap<bigint, SpanStatus> = new Map([
  [400n, statusOf('INVALID_ARGUMENT')],
  [401n, statusOf('UNAUTHENTICATED')],
  [403n, statusOf('PERMISSION_DENIED')],
  [404n, statusOf('NOT_FOUND')],
  [429n, statusOf('RESOURCE_EXHAUSTED')],
  [499n, statusOf('CANCELLED')],
  [501n, statusOf('UNIMPLEMENTED')],
  [503n, statusOf('UNAVAILABLE')],
  [504n, statusOf('DEADLINE_EXCEEDED')],
]);

/** The status of a span by the HTTP status of its response; none without one. */
export function statusOfHttp(code: bigint | undefined): SpanStatus | undefined {
  if (code === undefined || code <= 0n) return undefined;
  if (code >= 200n && code < 400n) return ok;
  return byHttp.get(code) ?? unknown;
}

/** The canonical name of a code: `NOT_FOUND`. */
export function codeName(code: number): string {
  return names[code] ?? 'UNKNOWN';
}

function statusOf(name: keyof typeof rpcCode): SpanStatus {
  return Object.freeze({ code: rpcCode[name], message: name });
}

import type { CallStatus } from './transport.js';

/** The codes of google.rpc.Status that the client itself uses. */
export const rpc = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  RESOURCE_EXHAUSTED: 8,
  INTERNAL: 13,
  UNAVAILABLE: 14,
} as const;

/** The status of what may pass. */
export const allowed: CallStatus = { code: rpc.OK, message: '' };

/** Code → name and HTTP status (mesh.md 1.13). */
const table: readonly (readonly [name: string, http: number])[] = [
  ['OK', 200],
  ['CANCELLED', 499],
  ['UNKNOWN', 500],
  ['INVALID_ARGUMENT', 400],
  ['DEADLINE_EXCEEDED', 504],
  ['NOT_FOUND', 404],
  ['ALREADY_EXISTS', 409],
  ['PERMISSION_DENIED', 403],
  ['RESOURCE_EXHAUSTED', 429],
  ['FAILED_PRECONDITION', 400],
  ['ABORTED', 409],
  ['OUT_OF_RANGE', 400],
  ['UNIMPLEMENTED', 501],
  ['INTERNAL', 500],
  ['UNAVAILABLE', 503],
  ['DATA_LOSS', 500],
  ['UNAUTHENTICATED', 401],
];

/** The HTTP status that answers a denied request; 500 for a code that google.rpc does not know. */
export function httpStatusOf(code: number): number {
  return table[code]?.[1] ?? 500;
}

/** `PERMISSION_DENIED:why`, or the name alone without a message; a code without a name is its number. */
export function statusText(code: number, message: string): string {
  const name = table[code]?.[0] ?? String(code);
  return message === '' ? name : `${name}:${message}`;
}

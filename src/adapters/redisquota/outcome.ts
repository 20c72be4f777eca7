/** What the script decided on one request; times in microseconds. */
export interface Decision {
  /** When it was made, by Redis's clock, since the epoch. */
  readonly time: number;
  readonly granted: number;
  readonly valid: number;
  /** For a denial: how long at least the same amount will be denied. */
  readonly denied: number;
}

/** Why there is no decision. */
export interface Failure {
  readonly reason: 'timeout' | 'unreachable' | 'error' | 'malformed';
  readonly message: string;
}

export type Outcome = Decision | Failure;

/** Whether there is no decision. */
export function isFailure(outcome: Outcome): outcome is Failure {
  return 'reason' in outcome;
}

/** Reads the script's reply for `count` requests: the time, then three whole numbers for each. */
export function readReply(reply: unknown, count: number): readonly Decision[] | undefined {
  if (!Array.isArray(reply) || reply.length !== 1 + 3 * count || !reply.every(Number.isSafeInteger)) return undefined;
  const numbers = reply as readonly number[];
  return Array.from({ length: count }, (_, index) => ({
    time: numbers[0]!,
    granted: numbers[1 + 3 * index]!,
    valid: numbers[2 + 3 * index]!,
    denied: numbers[3 + 3 * index]!,
  }));
}

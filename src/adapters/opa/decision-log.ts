import { createHash } from 'node:crypto';
import type { Env } from 'fairlead/sdk';
import type { OpaConfig } from './config.js';
import type { Verdict } from './decision.js';

/** One decision, for the log. */
export interface Decision {
  /** The instance's name. */
  readonly instance: string;
  /** The input document as JSON text; empty when it could not be written. */
  readonly input: string;
  readonly verdict: Verdict;
  /** What went wrong; empty for other verdicts than `error`. */
  readonly error: string;
  /** When the decision was begun, by the host's clock. */
  readonly start: number;
}

/** Writes decisions to the handler's log; undefined when the configuration wants none, so that they cost nothing. */
export function createDecisionLog(
  mode: OpaConfig['decisionLog'],
  { log, clock }: Pick<Env, 'log' | 'clock'>,
): ((decision: Decision) => void) | undefined {
  if (mode === 'NONE') return undefined;
  return ({ instance, input, verdict, error, start }) => {
    const about = mode === 'HASH' ? { inputHash: createHash('sha256').update(input).digest('hex') } : { input };
    const millis = clock.now() - start;
    log.info('decision', { instance, ...about, result: verdict, ...(error === '' ? {} : { error }), millis });
  };
}

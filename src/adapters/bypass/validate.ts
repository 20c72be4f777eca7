import type { ReportProblem } from 'fairlead/sdk';
import { AnyError, encodeAny } from './any.js';
import type { BypassConfig } from './config.js';

/** Finds what the schema cannot. Whether there is a backend shows when the handler is built, not here. */
export function validate({ backendAddress, params }: BypassConfig, report: ReportProblem): void {
  if (backendAddress.trim() === '') report('backendAddress', 'must be given');
  if (params === undefined) return;
  try {
    encodeAny(params);
  } catch (error) {
    if (!(error instanceof AnyError)) throw error;
    report(`params.${error.field}`, error.message);
  }
}

import { EvalError } from '../attributes/index.js';

/** The error of reading an attribute that the bag does not have. Engines make it once per place, not per request. */
export function lookupFailed(name: string): EvalError {
  return new EvalError('LOOKUP_FAILED', `attribute '${name}' is absent`, name);
}

import { EvalError, Timestamp } from '../../attributes/index.js';

/** Reads an RFC 3339 instant; a fraction and any offset are accepted, a time without zone is not. */
export function parseTimestamp(text: string): Timestamp | EvalError {
  return Timestamp.parse(text) ?? new EvalError('INVALID_TIMESTAMP', `'${text}' is no RFC 3339 timestamp`, text);
}

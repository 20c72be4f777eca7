import { errors } from 'undici';
import type { UpstreamFailure } from '../types.js';
import { reasonOf } from '../upstream-error.js';

// What undici says of an upstream that does not keep to HTTP.
const ofProtocol: ReadonlySet<string> = new Set([
  'UND_ERR_HEADERS_OVERFLOW',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_INVALID_ARG',
  'UND_ERR_NOT_SUPPORTED',
]);

/** What a request on a connection failed of. */
export function failureOf(cause: Error): UpstreamFailure {
  const reason = reasonOf(cause);
  const isParsing = cause instanceof errors.HTTPParserError;
  const isProtocol = isParsing || ofProtocol.has(reason) || cause.message.startsWith('bad ');
  // The codes of undici and its parser say less than their words.
  const text = isParsing || reason.startsWith('UND_ERR_') ? cause.message : reason;
  return { kind: isProtocol ? 'protocol' : 'reset', reason: text };
}

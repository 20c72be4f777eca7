import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asAwsError, type AwsError, failureOf } from '../../../src/adapters/cloudwatch/failure.js';

function error(name: string, httpStatusCode?: number, more: Partial<AwsError> = {}): AwsError {
  return { name, message: 'why', ...(httpStatusCode !== undefined && { $metadata: { httpStatusCode } }), ...more };
}

describe('failureOf()', () => {
  const passing: readonly (readonly [string, number?])[] = [
    ['TimeoutError'],
    ['AbortError'],
    ['CredentialsProviderError'],
    ['InternalServiceFault', 500],
    ['ServiceUnavailableException', 503],
    ['SyntaxError', 200],
    ['SyntaxError', 502],
    ['Unknown', 429],
    ['Unknown', 408],
    ['Throttling', 400],
    ['ThrottlingException', 400],
    ['LimitExceededException', 400],
    ['TooManyRequestsException', 400],
    ['ExpiredTokenException', 400],
    ['RequestExpired', 400],
    ['RequestTimeTooSkewed', 403],
    ['InvalidSignatureException', 403],
  ];
  for (const [name, status] of passing) {
    it(`has ${name} of ${status} tried again`, () => assert.equal(failureOf(error(name, status)).kind, 'retry'));
  }
  const final: readonly (readonly [string, number])[] = [
    ['InvalidParameterValue', 400],
    ['InvalidParameterException', 400],
    ['UnrecognizedClientException', 400],
    ['AccessDeniedException', 400],
    ['AccessDenied', 403],
    ['SyntaxError', 404],
    ['RequestEntityTooLarge', 413],
  ];
  for (const [name, status] of final) {
    it(`has ${name} of ${status} dropped`, () => assert.equal(failureOf(error(name, status)).kind, 'rejected'));
  }

  it('says what happened in one short line', () => {
    assert.equal(failureOf(error('Throttling', 400)).reason, 'HTTP 400: Throttling: why');
    const refused = failureOf(error('AggregateError', undefined, { message: '', code: 'ECONNREFUSED' }));
    assert.equal(refused.reason, 'AggregateError: ECONNREFUSED');
    const long = failureOf(error('E', 500, { message: 'a\n\u0007b '.repeat(100_000) })).reason;
    assert.match(long, /^HTTP 500: E: a b a b [ab ]+\.\.\.$/);
    assert.ok(long.length < 250);
  });

  it('waits as long as it is told, within reason', () => {
    const told = (value: string) =>
      failureOf(error('Unknown', 429, { $response: { headers: { 'retry-after': value } } }));
    assert.deepEqual(told('7'), { kind: 'retry', reason: 'HTTP 429: Unknown: why', retryAfterMillis: 7000 });
    assert.deepEqual(told('86400'), { kind: 'retry', reason: 'HTTP 429: Unknown: why', retryAfterMillis: 300_000 });
    assert.deepEqual(told('soon'), { kind: 'retry', reason: 'HTTP 429: Unknown: why' });
  });
});

describe('asAwsError()', () => {
  it('takes whatever was thrown', () => {
    assert.deepEqual(asAwsError('x'), { name: 'Error', message: 'x' });
    assert.equal(failureOf(asAwsError(undefined)).reason, 'Error: undefined');
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Retry } from '../../../src/gen/fairlead/proxy/v1/route.js';
import { compileRetry } from '../../../src/proxy/routing/retry.js';
import type { Attempt } from '../../../src/proxy/routing/types.js';

const compile = (retryOn: string[], statusCodes: number[] = []) =>
  compileRetry(Retry.fromPartial({ retries: 2, retryOn, statusCodes }))!;
const response = (status: number, grpcStatus?: number): Attempt => ({ kind: 'response', status, grpcStatus });

const attempts: Readonly<Record<string, Attempt>> = {
  200: response(200),
  409: response(409),
  500: response(500),
  503: response(503),
  ...Object.fromEntries([1, 4, 8, 13, 14].map((code) => [`grpc ${code}`, response(200, code)])),
  ...Object.fromEntries(
    (['connect-failure', 'reset', 'remote-reset', 'refused-stream', 'protocol', 'timeout'] as const).map((kind) => [
      kind,
      { kind },
    ]),
  ),
};

const failures = ['connect-failure', 'reset', 'remote-reset', 'refused-stream', 'protocol'];
const wanted: readonly [on: string, codes: number[], attempts: string[]][] = [
  ['5xx', [], ['500', '503', ...failures, 'timeout']],
  ['gateway-error', [], ['503', ...failures, 'timeout']],
  ['reset', [], [...failures, 'timeout']],
  ['connect-failure', [], ['connect-failure']],
  ['refused-stream', [], ['refused-stream']],
  ['retriable-4xx', [], ['409']],
  ['retriable-status-codes', [500], ['500']],
  ['cancelled', [500], ['grpc 1']],
  ['deadline-exceeded', [], ['grpc 4']],
  ['resource-exhausted', [], ['grpc 8']],
  ['internal', [], ['grpc 13']],
  ['unavailable', [], ['grpc 14']],
];

describe('retries', () => {
  for (const [on, codes, expected] of wanted) {
    it(`on ${on} follow ${expected.join(', ')}`, () => {
      const retry = compile([on], codes);
      const found = Object.entries(attempts).filter(([, attempt]) => retry.wants(attempt));
      assert.deepEqual(found.map(([name]) => name).sort(), [...expected].sort());
    });
  }

  it('wait longer each time, by chance, up to the most', () => {
    const retry = compile(['5xx']);
    assert.deepEqual(
      [1, 2, 3, 4, 5, 50].map((number) => retry.waitMillis(number, () => 1)),
      [25, 75, 175, 250, 250, 250],
    );
    assert.equal(
      retry.waitMillis(3, () => 0.5),
      87.5,
    );
    assert.equal(
      retry.waitMillis(3, () => 0),
      0,
    );
  });

  it('do not happen with 0 attempts or without a policy', () => {
    assert.equal(compileRetry(undefined), undefined);
    assert.equal(compileRetry(Retry.fromPartial({ retryOn: ['5xx'] })), undefined);
  });

  it('look for another endpoint 5 times when not told otherwise', () => {
    assert.equal(compile(['5xx']).hostSelectionAttempts, 5);
  });
});

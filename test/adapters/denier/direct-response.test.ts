import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readDirectResponse } from '../../../src/adapters/denier/direct-response.js';

const type: readonly [string, unknown] = ['@type', 'type.googleapis.com/istio.policy.v1beta1.DirectHttpResponse'];

const noProblem = (path: string): never => {
  throw new Error(`unexpected problem at ${path}`);
};

function problemsOf(...details: unknown[]): readonly string[] {
  const problems: string[] = [];
  readDirectResponse(details, (path) => problems.push(path));
  return problems;
}

describe('readDirectResponse()', () => {
  test('reads the first of several', () => {
    const details = [new Map([type, ['code', 404n]]), new Map([type, ['code', 410n]])];
    assert.equal(readDirectResponse(details, noProblem)?.code, 404);
  });

  test('is undefined without details', () => assert.equal(readDirectResponse([], noProblem), undefined));

  test('leaves code, body and headers out as 0 and empty', () => {
    const response = readDirectResponse([new Map([type])], noProblem);
    assert.deepEqual(response, { code: 0, body: '', headers: new Map() });
  });

  const bad: readonly (readonly [string, unknown, string])[] = [
    ['what is no object', 'DirectHttpResponse', 'status.details[0]'],
    ['an object without type', new Map(), 'status.details[0].@type'],
    ['another type', new Map([['@type', 'type.googleapis.com/google.rpc.RetryInfo']]), 'status.details[0].@type'],
    ['a code that is no HTTP status', new Map([type, ['code', 600n]]), 'status.details[0].code'],
    ['a code with a fraction', new Map([type, ['code', 200.5]]), 'status.details[0].code'],
    ['a code by an unknown name', new Map([type, ['code', 'Teapot']]), 'status.details[0].code'],
    ['a body that is no text', new Map([type, ['body', 1n]]), 'status.details[0].body'],
    ['headers that are no map', new Map([type, ['headers', ['a']]]), 'status.details[0].headers'],
    ['headers that are no texts', new Map([type, ['headers', new Map([['a', 1n]])]]), 'status.details[0].headers'],
    ['an unknown field', new Map([type, ['reason', 'x']]), 'status.details[0].reason'],
  ];
  for (const [what, detail, path] of bad) {
    test(`refuses ${what}`, () => assert.deepEqual(problemsOf(detail), [path]));
  }
});

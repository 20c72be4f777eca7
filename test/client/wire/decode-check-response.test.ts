import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import type { Value } from '../../../src/client/index.js';
import { decodeCheckResponse } from '../../../src/client/wire/decode-check-response.js';
import {
  type ReferencedAttributes,
  ReferencedAttributes_Condition as Condition,
} from '../../../src/gen/istio/mixer/v1/attributes.js';
import { CheckResponse, HeaderOperation_Operation } from '../../../src/gen/istio/mixer/v1/check.js';

type Result = NonNullable<CheckResponse['precondition']>;

const result = (given: Partial<Result> = {}): Result => ({
  status: undefined,
  validDuration: undefined,
  validUseCount: 0,
  referencedAttributes: undefined,
  routeDirective: undefined,
  ...given,
});
const bytesOf = (precondition: Result | undefined, quotas: CheckResponse['quotas'] = {}): Uint8Array =>
  CheckResponse.encode({ precondition, quotas }).finish();

describe('an answer', () => {
  it('tells status, validity and uses', () => {
    const { precondition } = decodeCheckResponse(
      bytesOf(
        result({
          status: { code: 7, message: 'no', details: [] },
          validDuration: { seconds: 2n, nanos: 500_000_000 },
          validUseCount: -1,
        }),
      ),
      new Map(),
    );
    assert.deepEqual(precondition, {
      status: { code: 7, message: 'no' },
      validMillis: 2500,
      validUseCount: -1,
      dependencies: [],
      directive: undefined,
    });
  });

  it('without a validity holds for ever; without a status it is OK; without a precondition there is none', () => {
    const { precondition } = decodeCheckResponse(bytesOf(result()), new Map());
    assert.deepEqual(precondition?.status, { code: 0, message: '' });
    assert.equal(precondition.validMillis, undefined);
    assert.equal(decodeCheckResponse(bytesOf(undefined), new Map()).precondition, undefined);
  });

  it('tells what to do with headers', () => {
    const operation = (name: string, kind: HeaderOperation_Operation) => ({ name, value: 'v', operation: kind });
    const { precondition } = decodeCheckResponse(
      bytesOf(
        result({
          routeDirective: {
            requestHeaderOperations: [operation('a', HeaderOperation_Operation.REPLACE)],
            responseHeaderOperations: [
              operation('b', HeaderOperation_Operation.REMOVE),
              operation('c', HeaderOperation_Operation.APPEND),
            ],
            directResponseCode: 302,
            directResponseBody: 'gone',
          },
        }),
      ),
      new Map(),
    );
    assert.deepEqual(precondition?.directive, {
      requestHeaderOperations: [{ name: 'a', value: 'v', operation: 'REPLACE' }],
      responseHeaderOperations: [
        { name: 'b', value: 'v', operation: 'REMOVE' },
        { name: 'c', value: 'v', operation: 'APPEND' },
      ],
      directResponseCode: 302,
      directResponseBody: 'gone',
    });
  });

  it('tells what was granted', () => {
    const { quotas } = decodeCheckResponse(
      bytesOf(result(), {
        calls: {
          validDuration: { seconds: 1n, nanos: 0 },
          grantedAmount: 2n ** 60n,
          status: undefined,
          referencedAttributes: undefined,
        },
      }),
      new Map(),
    );
    assert.deepEqual(
      [...quotas],
      [['calls', { grantedAmount: 2n ** 60n, validMillis: 1000, status: { code: 0, message: '' }, dependencies: [] }]],
    );
  });

  it('that is no CheckResponse is refused', () => {
    assert.throws(() => decodeCheckResponse(Uint8Array.of(0x0a, 0x05, 1), new Map()));
  });
});

describe('what an answer depends on (1.10)', () => {
  const attributes = new Map<string, Value>([
    ['request.headers', new Map([['x', 'y']])],
    ['source.ip', Uint8Array.of(1)],
  ]);
  const depends = (
    matches: [name: number, mapKey: number, condition: Condition][],
    words: string[] = [],
  ): ReturnType<typeof decodeCheckResponse> => {
    const referencedAttributes: ReferencedAttributes = {
      words,
      attributeMatches: matches.map(([name, mapKey, condition]) => ({ name, mapKey, condition, regex: '' })),
    };
    return decodeCheckResponse(bytesOf(result({ referencedAttributes })), attributes);
  };

  it('is told by the words of the dictionary and of the answer', () => {
    assert.deepEqual(
      depends(
        [
          [0, 0, Condition.EXACT],
          [-1, 0, Condition.ABSENCE],
          [15, -2, Condition.EXACT],
        ],
        ['mine', 'x'],
      ).precondition?.dependencies,
      [
        { name: 'source.ip', key: undefined, condition: 'EXACT' },
        { name: 'mine', key: undefined, condition: 'ABSENCE' },
        { name: 'request.headers', key: 'x', condition: 'EXACT' },
      ],
    );
  });

  it('cannot be told with a word that there is not, a regular expression or no condition', () => {
    for (const match of [
      [9999, 0, Condition.EXACT],
      [-1, 0, Condition.EXACT],
      [15, -7, Condition.EXACT],
      [0, 0, Condition.REGEX],
      [0, 0, Condition.CONDITION_UNSPECIFIED],
    ] as [number, number, Condition][]) {
      assert.equal(depends([match]).precondition?.dependencies, undefined, String(match));
    }
  });
});

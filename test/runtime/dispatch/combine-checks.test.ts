import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CombinedCheck } from '../../../src/runtime/dispatch/combine-checks.js';
import type { DirectiveDraft } from '../../../src/runtime/dispatch/directive.js';
import { type CheckResult, Duration, type RouteDirective } from '../../../src/sdk/index.js';

/** The same without the class, for comparing. */
const plain = (draft: DirectiveDraft | undefined): unknown => Object.assign({}, draft);

const denied = (message: string, code = 7): CheckResult['status'] => ({ code, message });
const seconds = (value: number): Duration => new Duration(value, 0);
const directive = (name: string): RouteDirective => ({
  requestHeaderOperations: [{ name, value: 'v', operation: 'REPLACE' }],
  responseHeaderOperations: [],
  directResponseCode: 0,
  directResponseBody: '',
});

function combine(...results: readonly (readonly [handler: string, result: CheckResult])[]): CombinedCheck {
  const combined = new CombinedCheck();
  for (const [handler, result] of results) combined.add(handler, result);
  combined.finish();
  return combined;
}

interface Row {
  readonly title: string;
  readonly results: readonly (readonly [string, CheckResult])[];
  readonly code?: number;
  readonly message?: string;
  readonly duration: Duration;
  readonly uses: number;
}

const rows: readonly Row[] = [
  { title: 'holds 60 s and 10000 uses when nobody answers', results: [], duration: seconds(60), uses: 10_000 },
  {
    title: 'holds 60 s and 10000 uses when nobody has an opinion',
    results: [
      ['a', {}],
      ['b', { validDuration: Duration.zero, validUseCount: 0, status: denied('', 0) }],
    ],
    duration: seconds(60),
    uses: 10_000,
  },
  {
    title: 'takes the shortest validity and the fewest uses, each for itself',
    results: [
      ['a', { validDuration: seconds(5), validUseCount: 1000 }],
      ['b', { validDuration: seconds(300), validUseCount: 3 }],
    ],
    duration: seconds(5),
    uses: 3,
  },
  {
    title: 'tells nanoseconds apart',
    results: [
      ['a', { validDuration: new Duration(5, 2), validUseCount: 1 }],
      ['b', { validDuration: new Duration(5, 1), validUseCount: 1 }],
    ],
    duration: new Duration(5, 1),
    uses: 1,
  },
  {
    title: 'does not let an answer without opinion before lower anything',
    results: [
      ['a', {}],
      ['b', { validDuration: seconds(5), validUseCount: 10 }],
    ],
    duration: seconds(5),
    uses: 10,
  },
  {
    title: 'does not let an answer without opinion after lower anything',
    results: [
      ['a', { validDuration: seconds(5), validUseCount: 10 }],
      ['b', {}],
    ],
    duration: seconds(5),
    uses: 10,
  },
  {
    title: 'may be used not at all when only a duration is given',
    results: [['a', { validDuration: seconds(5) }]],
    duration: seconds(5),
    uses: 0,
  },
  {
    title: 'takes the smaller number of uses also below zero',
    results: [
      ['a', { validDuration: seconds(5), validUseCount: 10 }],
      ['b', { validDuration: seconds(5), validUseCount: -1 }],
    ],
    duration: seconds(5),
    uses: -1,
  },
  {
    title: 'names the handler in the message of a denial',
    results: [['denyall.default', { status: denied('Not allowed'), validDuration: seconds(5), validUseCount: 1000 }]],
    code: 7,
    message: 'denyall.default:Not allowed',
    duration: seconds(5),
    uses: 1000,
  },
  {
    title: 'takes the code of the first failure and the messages of all in order',
    results: [
      ['a', { status: denied('one', 16), validDuration: seconds(9), validUseCount: 9 }],
      ['b', { validDuration: seconds(8), validUseCount: 8 }],
      ['c', { status: denied('two', 7), validDuration: seconds(7), validUseCount: 7 }],
    ],
    code: 16,
    message: 'a:one, c:two',
    duration: seconds(7),
    uses: 7,
  },
  {
    title: 'names a handler that denies twice twice',
    results: [
      ['a', { status: denied('no') }],
      ['a', { status: denied('no') }],
    ],
    code: 7,
    message: 'a:no, a:no',
    duration: Duration.zero,
    uses: 0,
  },
  {
    title: 'does not keep a denial that holds for no time',
    results: [
      ['a', { status: denied('no') }],
      ['b', { validDuration: seconds(5), validUseCount: 5 }],
    ],
    code: 7,
    message: 'a:no',
    duration: Duration.zero,
    uses: 0,
  },
  {
    title: 'denies although an earlier answer was OK',
    results: [
      ['a', { validDuration: seconds(5), validUseCount: 5 }],
      ['b', { status: denied('no'), validDuration: seconds(6), validUseCount: 6 }],
    ],
    code: 7,
    message: 'b:no',
    duration: seconds(5),
    uses: 5,
  },
  {
    title: 'passes on a code that nobody knows',
    results: [['a', { status: denied('', 12345678) }]],
    code: 12345678,
    message: 'a:',
    duration: Duration.zero,
    uses: 0,
  },
  {
    title: 'falls back on the defaults when the shortest of all validities is nothing',
    results: [
      ['a', { validDuration: seconds(5) }],
      ['b', { validUseCount: 7 }],
    ],
    duration: seconds(60),
    uses: 10_000,
  },
  {
    title: 'passes on the message of an OK status',
    results: [['a', { status: denied('fine', 0), validDuration: seconds(5), validUseCount: 5 }]],
    message: 'fine',
    duration: seconds(5),
    uses: 5,
  },
];

describe('CombinedCheck', () => {
  for (const { title, results, code = 0, message = '', duration, uses } of rows) {
    it(title, () => {
      const combined = combine(...results);
      assert.deepEqual(combined.status, { code, message });
      assert.deepEqual(combined.validDuration, duration);
      assert.equal(combined.validUseCount, uses);
    });
  }

  it('takes the directive of the first opinion only', () => {
    const combined = combine(
      ['a', {}],
      ['b', { routeDirective: directive('x'), validDuration: seconds(1), validUseCount: 1 }],
      ['c', { routeDirective: directive('y'), validDuration: seconds(1), validUseCount: 1 }],
    );
    assert.deepEqual(plain(combined.directive), directive('x'));
  });

  it('has no directive when only a later opinion has one', () => {
    const combined = combine(
      ['a', { validDuration: seconds(1), validUseCount: 1 }],
      ['b', { routeDirective: directive('y') }],
    );
    assert.equal(combined.directive, undefined);
  });

  it('counts a directive alone as an opinion', () => {
    const combined = combine(['a', { routeDirective: directive('x') }]);
    assert.deepEqual(combined.validDuration, Duration.zero);
    assert.equal(combined.validUseCount, 0);
  });

  it('does not change what the adapter answered', () => {
    const own = directive('x');
    const combined = combine([
      'a',
      {
        routeDirective: own,
        status: { code: 7, message: '', directResponse: { body: 'b', headers: new Map([['h', 'v']]) } },
      },
    ]);
    assert.equal(combined.directive?.directResponseBody, 'b');
    assert.deepEqual(own, directive('x'));
  });

  it('responds directly as the first failure wants it', () => {
    const combined = combine(
      ['a', { status: denied('no', 16) }],
      ['b', { status: { code: 7, message: 'no', directResponse: { code: 302 } } }],
    );
    assert.equal(combined.directive, undefined);
  });

  it('extends the directive of the first opinion by the direct response of the first failure', () => {
    const combined = combine(
      ['a', { routeDirective: directive('x') }],
      ['b', { status: { code: 8, message: 'no', directResponse: { headers: new Map([['h', 'v']]) } } }],
    );
    assert.deepEqual(plain(combined.directive), {
      ...directive('x'),
      responseHeaderOperations: [{ name: 'h', value: 'v', operation: 'REPLACE' }],
      directResponseCode: 429,
    });
  });
});

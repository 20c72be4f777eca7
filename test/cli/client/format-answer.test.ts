import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { formatCheckAnswer, formatStatus } from '../../../src/cli/client/format-answer.js';
import { CheckResponse } from '../../../src/gen/istio/mixer/v1/check.js';

describe('formatCheckAnswer()', () => {
  it('shows status, validity, sorted references and quotas', () => {
    const referencedAttributes = {
      words: ['b', 'a', 'k'],
      attributeMatches: [
        { name: -1, condition: 2, regex: '', mapKey: 0 },
        { name: -2, condition: 1, regex: '', mapKey: -3 },
      ],
    };
    const response = CheckResponse.create({
      precondition: {
        status: { code: 7, message: 'why', details: [] },
        validDuration: { seconds: 5n, nanos: 500_000_000 },
        validUseCount: 3,
        referencedAttributes,
        routeDirective: undefined,
      },
      quotas: {
        q: { grantedAmount: 2n, validDuration: { seconds: 1n, nanos: 0 }, status: undefined, referencedAttributes },
      },
    });
    assert.deepEqual(formatCheckAnswer(response), [
      'Check RPC completed successfully. Check status was PERMISSION_DENIED (why)',
      '  Valid use count: 3, valid duration: 5.5s',
      '  Referenced attributes:',
      '    a::k ABSENCE',
      '    b EXACT',
      '  Quotas:',
      '    Quota  Granted  Duration  Status  Referenced attributes',
      '    q      2        1s        OK      a::k ABSENCE, b EXACT',
    ]);
  });

  it('takes an empty answer for OK', () => {
    assert.deepEqual(formatCheckAnswer(CheckResponse.create()), [
      'Check RPC completed successfully. Check status was OK',
      '  Valid use count: 0, valid duration: 0s',
    ]);
  });
});

describe('formatStatus()', () => {
  it('shows a code that google.rpc does not know as a number', () => {
    assert.equal(formatStatus({ code: 12_345_678, message: '', details: [] }), 'Code 12345678');
  });
});

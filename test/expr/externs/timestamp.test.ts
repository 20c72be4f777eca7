import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EvalError, Timestamp } from '../../../src/attributes/index.js';
import { parseTimestamp } from '../../../src/expr/externs/timestamp.js';

describe('parseTimestamp()', () => {
  it('reads RFC 3339 to the nanosecond and with any offset', () =>
    assert.deepEqual(parseTimestamp('1970-01-01T01:00:00.000000007+01:00'), new Timestamp(0, 7)));
  for (const text of ['', '242233', '2015-01-02', '2015-01-02 15:04:05Z', '2015-13-02T15:04:05Z'])
    it(`refuses '${text}'`, () => {
      const error = parseTimestamp(text);
      assert.ok(error instanceof EvalError);
      assert.deepEqual([error.kind, error.subject], ['INVALID_TIMESTAMP', text]);
    });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeScalar, type ScalarKind, ScalarProblem } from '../../src/config/decode-scalar.js';
import { resolvePlain } from '../../src/config/scalar.js';
import { Duration } from '../../src/util/duration.js';
import { s } from '../../src/util/schema.js';

const shape = s.enum({ 0: 'FLAT', 1: 'ROUND' }, 'FLAT');

// Written as in YAML: plain, or in double quotes.
function decode(written: string, schema: ScalarKind): unknown {
  const quoted = written.startsWith('"');
  const source = quoted ? written.slice(1, -1) : written;
  return decodeScalar(
    { kind: 'scalar', value: quoted ? source : resolvePlain(source), source, line: 1, column: 1 },
    schema,
  );
}

const good: readonly (readonly [ScalarKind, string, unknown])[] = [
  [s.string(), 'text', 'text'],
  [s.string(), '"5"', '5'],
  [s.string(), '1:30', '1:30'],
  [s.bool(), 'yes', true],
  [s.bool(), 'n', false],
  [s.int32(), '5', 5],
  [s.int32(), '5.0', 5],
  [s.int32(), '1e3', 1000],
  [s.int32(), '"-5"', -5],
  [s.int32(), '2147483647', 2147483647],
  [s.int64(), '9007199254740993', 9007199254740993n],
  [s.int64(), '"-9223372036854775808"', -(2n ** 63n)],
  [s.int64(), '012', 10n],
  [s.double(), '1', 1],
  [s.double(), '.5', 0.5],
  [s.double(), '.nan', Number.NaN],
  [s.double(), '"NaN"', Number.NaN],
  [s.double(), 'Infinity', Infinity],
  [s.double(), '"-Infinity"', -Infinity],
  [s.double(), '"1.5e3"', 1500],
  [s.duration(Duration.zero), '10s', new Duration(10, 0)],
  [s.duration(Duration.zero), '500ms', new Duration(0, 500_000_000)],
  [s.duration(Duration.zero), '1h30m', new Duration(5400, 0)],
  [s.duration(Duration.zero), '-1.5s', new Duration(-1, -500_000_000)],
  [s.duration(Duration.zero), '"0"', Duration.zero],
  [shape, 'ROUND', 'ROUND'],
  [shape, '1', 'ROUND'],
];

const bad: readonly (readonly [ScalarKind, string, string])[] = [
  [s.string(), '5', 'FIELD_TYPE'],
  [s.string(), 'y', 'FIELD_TYPE'],
  [s.string(), '1.5', 'FIELD_TYPE'],
  [s.bool(), '"true"', 'FIELD_TYPE'],
  [s.bool(), '1', 'FIELD_TYPE'],
  [s.int32(), '2147483648', 'FIELD_VALUE'],
  [s.int32(), '-2147483649', 'FIELD_VALUE'],
  [s.int32(), '1.5', 'FIELD_VALUE'],
  [s.int32(), '.inf', 'FIELD_VALUE'],
  [s.int32(), '"1.0"', 'FIELD_TYPE'],
  [s.int32(), 'on', 'FIELD_TYPE'],
  [s.int64(), '9223372036854775808', 'FIELD_VALUE'],
  [s.int64(), '1e30', 'FIELD_VALUE'],
  [s.int64(), '"0x10"', 'FIELD_TYPE'],
  [s.int64(), '""', 'FIELD_TYPE'],
  [s.int64(), `"${'9'.repeat(100_000)}"`, 'FIELD_TYPE'],
  [s.double(), 'half', 'FIELD_TYPE'],
  [s.double(), '"1e999"', 'FIELD_TYPE'],
  [s.double(), '""', 'FIELD_TYPE'],
  [s.double(), 'no', 'FIELD_TYPE'],
  [s.duration(Duration.zero), '10', 'FIELD_TYPE'],
  [s.duration(Duration.zero), '"10"', 'FIELD_VALUE'],
  [s.duration(Duration.zero), '1d', 'FIELD_VALUE'],
  [s.duration(Duration.zero), '9999999h', 'FIELD_VALUE'],
  [shape, 'round', 'FIELD_VALUE'],
  [shape, '"1"', 'FIELD_VALUE'],
  [shape, '2', 'FIELD_VALUE'],
  [shape, '-1', 'FIELD_VALUE'],
  [shape, 'y', 'FIELD_TYPE'],
  [shape, '1.0', 'FIELD_TYPE'],
];

describe('decodeScalar()', () => {
  for (const [schema, written, value] of good) {
    it(`reads ${written} as ${schema.kind}`, () => assert.deepEqual(decode(written, schema), value));
  }

  for (const [schema, written, code] of bad) {
    it(`refuses ${written.slice(0, 30)} as ${schema.kind}`, () => {
      const problem = decode(written, schema);
      assert.ok(problem instanceof ScalarProblem);
      assert.equal(problem.code, code);
      assert.ok(problem.message.length < 200, problem.message);
    });
  }

  it('says how to write text that YAML takes for something else', () => {
    const problem = decode('on', s.string());
    assert.ok(problem instanceof ScalarProblem);
    assert.equal(problem.message, 'the value must be text, found the boolean on; quote it: "on"');
  });
});

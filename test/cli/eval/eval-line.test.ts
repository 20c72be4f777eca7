import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { evalLine, type EvalMode } from '../../../src/cli/eval/eval-line.js';

const line = (expr: string, manifest = {}, attributes = {}): string => JSON.stringify({ expr, manifest, attributes });

for (const engine of ['compiled', 'interpreted', undefined] as const) {
  describe(`evalLine() with the ${engine ?? 'default'} engine`, () => {
    const mode: EvalMode = { kind: 'evaluate', engine };
    const cases: [what: string, input: string, output: string][] = [
      [
        'gives type, value and references',
        line('a == "x"', { a: 'STRING' }, { a: 'x' }),
        '{"type":"BOOL","value":true,"referenced":["a"]}',
      ],
      [
        'sorts references bytewise',
        line('m["k"] | a | "z"', { a: 'STRING', m: 'STRING_MAP' }, { m: { $stringmap: {} } }),
        '{"type":"STRING","value":"z","referenced":["-a","-m[k]","m"]}',
      ],
      [
        'tells what is absent',
        line('a', { a: 'STRING' }),
        '{"error":{"phase":"eval","kind":"LOOKUP_FAILED","attribute":"a"},"referenced":["-a"]}',
      ],
      [
        'tells a wrong type',
        line('a', { a: 'STRING' }, { a: { $int64: 20 } }),
        '{"error":{"phase":"eval","kind":"ATTRIBUTE_VALUE_WRONG_TYPE","value":"20"},"referenced":["a"]}',
      ],
      [
        'tells where a parse error is',
        line('a = 2'),
        '{"error":{"phase":"compile","kind":"PARSE_ERROR","line":1,"column":3},"referenced":[]}',
      ],
      [
        'tells an unknown attribute',
        line('b', { a: 'STRING' }),
        '{"error":{"phase":"compile","kind":"UNKNOWN_ATTRIBUTE","attribute":"b"},"referenced":[]}',
      ],
      [
        'has no special names',
        line('constructor', { constructor: 'STRING' }, { constructor: 'x' }),
        '{"type":"STRING","value":"x","referenced":["constructor"]}',
      ],
    ];
    for (const [what, input, output] of cases) it(what, () => assert.equal(evalLine(input, mode), output));

    it('keeps integers beyond 2^53', () => {
      const input = '{"expr":"a","manifest":{"a":"INT64"},"attributes":{"a":{"$int64":9007199254740993}}}';
      assert.equal(evalLine(input, mode), '{"type":"INT64","value":{"$int64":9007199254740993},"referenced":["a"]}');
    });
  });
}

describe('evalLine() on what is no request', () => {
  for (const input of [
    'nonsense',
    '[]',
    '{}',
    '{"expr":1}',
    line('a', { a: 'TEXT' }),
    line('a', { a: 'VALUE_TYPE_UNSPECIFIED' }),
    line('a', { a: 'STRING' }, { a: 5 }),
    '{"expr":"a","manifest":[]}',
  ]) {
    it(`answers ${input} with an error of phase input`, () => {
      const { error } = JSON.parse(evalLine(input, { kind: 'evaluate', engine: undefined })) as {
        error: Record<string, unknown>;
      };
      assert.equal(error['phase'], 'input');
      assert.equal(error['kind'], 'MALFORMED_LINE');
    });
  }
});

describe('evalLine() in parse mode', () => {
  it('gives the canonical form', () => {
    assert.equal(evalLine('{"expr":"a.b == 2"}', { kind: 'parse' }), '{"canonical":"EQ($a.b, 2)"}');
  });
  it('gives the error', () => {
    assert.equal(
      evalLine('{"expr":"foo{}"}', { kind: 'parse' }),
      '{"error":{"phase":"compile","kind":"UNSUPPORTED_SYNTAX"}}',
    );
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Duration } from '../../src/attributes/index.js';
import { numberLiteral, readEscape, textLiteral } from '../../src/expr/literals.js';

describe('numberLiteral()', () => {
  it('reads decimal integers to the end of 64 bits', () => {
    assert.deepEqual(numberLiteral('9223372036854775807'), { type: 'INT64', value: 2n ** 63n - 1n });
    assert.equal(numberLiteral('9223372036854775808'), undefined);
  });
  it('reads floats that are finite', () => {
    assert.deepEqual(numberLiteral('.5e1'), { type: 'DOUBLE', value: 5 });
    assert.equal(numberLiteral('1e309'), undefined);
  });
  for (const text of ['0x1', '1_0', '2i'])
    it(`does not know ${text}`, () => assert.equal(numberLiteral(text), undefined));
});

describe('textLiteral()', () => {
  it('takes for a duration whatever reads as one', () => {
    assert.deepEqual(textLiteral('1h'), { type: 'DURATION', value: new Duration(3600, 0) });
    assert.deepEqual(textLiteral('+0'), { type: 'DURATION', value: Duration.zero });
    assert.deepEqual(textLiteral('1 h'), { type: 'STRING', value: '1 h' });
  });
});

describe('readEscape()', () => {
  const cases: readonly (readonly [text: string, quote: string, expected: unknown])[] = [
    ['n', '"', { bytes: [10], end: 1 }],
    ['"', '"', { bytes: [34], end: 1 }],
    ['"', "'", { wrong: 0 }],
    ['x41', '"', { bytes: [65], end: 3 }],
    ['x4', '"', { wrong: 2 }],
    ['101', '"', { bytes: [65], end: 3 }],
    ['400', '"', { wrong: 0 }],
    ['18', '"', { wrong: 1 }],
    ['u00e9', '"', { bytes: [0xc3, 0xa9], end: 5 }],
    ['ud800', '"', { wrong: 0 }],
    ['U00110000', '"', { wrong: 0 }],
    ['', '"', { wrong: 0 }],
  ];
  for (const [text, quote, expected] of cases)
    it(`reads \\${text} between ${quote}`, () => assert.deepEqual(readEscape(text, 0, quote), expected));
});

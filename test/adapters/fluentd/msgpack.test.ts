import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MsgpackWriter } from '../../../src/adapters/fluentd/msgpack.js';

function written(write: (writer: MsgpackWriter) => void): string {
  const writer = new MsgpackWriter();
  write(writer);
  return writer.take().toString('hex');
}

describe('MsgpackWriter', () => {
  for (const [value, hex] of [
    [0n, '00'],
    [127n, '7f'],
    [-32n, 'e0'],
    [-33n, 'd0df'],
    [128n, 'd10080'],
    [-32_768n, 'd18000'],
    [32_768n, 'd200008000'],
    [-2_147_483_648n, 'd280000000'],
    [2_147_483_648n, 'd30000000080000000'],
    [9_007_199_254_740_993n, 'd30020000000000001'],
    [9_223_372_036_854_775_807n, 'd37fffffffffffffff'],
    [-9_223_372_036_854_775_808n, 'd38000000000000000'],
  ] as const) {
    it(`writes ${value} in as few bytes as it takes`, () => {
      assert.equal(
        written((writer) => writer.integer(value)),
        hex,
      );
    });
  }

  it('writes texts of every length', () => {
    assert.equal(
      written((writer) => writer.string('añb')),
      `a461c3b162`,
    );
    assert.equal(
      written((writer) => writer.string(`${'x'.repeat(31)}ñ`)),
      `d921${'78'.repeat(31)}c3b1`,
    );
    for (const [length, head] of [
      [31, 'bf'],
      [32, 'd920'],
      [48, 'd930'],
      [49, 'd931'],
      [255, 'd9ff'],
      [256, 'da0100'],
      [65_535, 'daffff'],
      [65_536, 'db00010000'],
      [1_048_576, 'db00100000'],
    ] as const) {
      assert.equal(
        written((writer) => writer.string('x'.repeat(length))),
        head + '78'.repeat(length),
      );
    }
  });

  it('writes heads of arrays and maps of every size', () => {
    assert.equal(
      written((writer) => writer.array(15)),
      '9f',
    );
    assert.equal(
      written((writer) => writer.map(16)),
      'de0010',
    );
    assert.equal(
      written((writer) => writer.map(65_536)),
      'df00010000',
    );
  });

  it('writes the rest', () => {
    assert.equal(
      written((writer) => {
        writer.nil();
        writer.boolean(true);
        writer.boolean(false);
        writer.double(1.5);
        writer.eventTime(4_294_967_295, 5);
      }),
      'c0c3c2cb3ff8000000000000d700ffffffff00000005',
    );
  });

  it('gives bytes that nothing written later changes', () => {
    const writer = new MsgpackWriter();
    writer.string('a');
    const first = writer.take();
    writer.string('b');
    assert.equal(first.toString('hex'), 'a161');
    assert.equal(writer.take().toString('hex'), 'a162');
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AnyError, encodeAny } from '../../../src/adapters/bypass/any.js';

/** The value of the Any whose type URL is `t/<type>`, as hexadecimal text. */
function valueOf(type: string, value: unknown): string {
  const typeUrl = `t/${type}`;
  const hex = Buffer.from(encodeAny({ '@type': typeUrl, value })).toString('hex');
  const head = `0a${typeUrl.length.toString(16).padStart(2, '0')}${Buffer.from(typeUrl).toString('hex')}`;
  assert.ok(hex.startsWith(head), hex);
  const rest = hex.slice(head.length);
  return rest === '' ? '' : rest.slice(4);
}

describe('encodeAny()', () => {
  const rows: readonly (readonly [title: string, type: string, value: unknown, want: string])[] = [
    ['takes a message in base64, with and without padding', 'my.Params', 'CgJvaw==', '0a026f6b'],
    ['takes base64 without padding', 'my.Params', 'CgJvaw', '0a026f6b'],
    ['leaves out a value that is not there', 'my.Params', undefined, ''],
    ['encodes text', 'google.protobuf.StringValue', 'ok', '0a026f6b'],
    ['encodes an entry of a struct', 'google.protobuf.Struct', new Map([['a', 'b']]), '0a080a016112031a0162'],
    [
      'encodes a number of a struct as a double',
      'google.protobuf.Struct',
      new Map([['a', 1n]]),
      '0a0e0a0161120911000000000000f03f',
    ],
    ['encodes null in a struct', 'google.protobuf.Struct', new Map([['a', null]]), '0a070a016112020800'],
    ['encodes a list in a struct', 'google.protobuf.Struct', new Map([['a', [true]]]), '0a0b0a0161120632040a022001'],
    ['encodes a struct in a struct', 'google.protobuf.Struct', new Map([['a', new Map()]]), '0a070a016112022a00'],
  ];
  for (const [title, type, value, want] of rows) {
    it(title, () => assert.equal(valueOf(type, value), want));
  }

  it('says which field is wrong', () => {
    const fieldOf = (typeUrl: string, value: unknown): string | undefined => {
      try {
        encodeAny({ '@type': typeUrl, value });
        return undefined;
      } catch (error) {
        assert.ok(error instanceof AnyError);
        return error.field;
      }
    };
    assert.equal(fieldOf('my.Params', 'CgJvaw=='), '@type');
    assert.equal(fieldOf('t/my.Params', 'C'), 'value');
    assert.equal(fieldOf('t/my.Params', 7n), 'value');
    assert.equal(fieldOf('t/google.protobuf.StringValue', 7n), 'value');
    assert.equal(fieldOf('t/google.protobuf.Struct', 'a'), 'value');
  });
});

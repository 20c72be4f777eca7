import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { boolean, collect, decimal, duration, integer, port } from '../../src/cli/flag-parsers.js';

describe('flag parsers', () => {
  it('read what fits', () => {
    assert.equal(integer(1)('7'), 7);
    assert.equal(port('65535'), 65_535);
    assert.equal(decimal('-1'), -1);
    assert.equal(duration('1m').toSeconds(), 60);
    assert.equal(boolean('TRUE'), true);
    assert.equal(boolean('0'), false);
    assert.deepEqual(collect('b', ['a']), ['a', 'b']);
    assert.deepEqual(collect('a', undefined), ['a']);
  });

  const refused: [name: string, parse: (text: string) => unknown, text: string][] = [
    ['integer', integer(1), '0'],
    ['integer', integer(0), '1.5'],
    ['integer', integer(0), '9007199254740993'],
    ['integer', integer(0), ''],
    ['port', port, '65536'],
    ['decimal', decimal, 'x'],
    ['decimal', decimal, ''],
    ['duration', duration, '5'],
    ['boolean', boolean, 'yes'],
  ];
  for (const [name, parse, text] of refused) {
    it(`${name} refuses '${text}'`, () => assert.throws(() => parse(text), { code: 'commander.invalidArgument' }));
  }
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import {
  address,
  boolean,
  collect,
  decimal,
  duration,
  integer,
  port,
  positiveDuration,
  tcpAddress,
  telemetry,
} from '../../src/cli/flag-parsers.js';

describe('flag parsers', () => {
  it('read what fits', () => {
    assert.equal(integer(1)('7'), 7);
    assert.equal(port('65535'), 65_535);
    assert.equal(decimal('-1'), -1);
    assert.equal(duration('1m').toSeconds(), 60);
    assert.equal(boolean('TRUE'), true);
    assert.equal(boolean('0'), false);
    assert.deepEqual(telemetry('accesslog, metrics'), ['metrics', 'accesslog']);
    assert.deepEqual(telemetry('true'), ['metrics', 'kubernetes']);
    assert.deepEqual(telemetry('false'), []);
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
    ['positive duration', positiveDuration, '0s'],
    ['positive duration', positiveDuration, '-1s'],
    ['boolean', boolean, 'yes'],
    ['telemetry', telemetry, 'metrics,logs'],
    ['telemetry', telemetry, ''],
  ];
  for (const [name, parse, text] of refused) {
    it(`${name} refuses '${text}'`, () => assert.throws(() => parse(text), { code: 'commander.invalidArgument' }));
  }
});

describe('address flags', () => {
  it('let pass what can be listened on', () => {
    for (const text of ['127.0.0.1:9091', ':0', '[::1]:9091', 'tcp://localhost:1']) {
      assert.equal(address(text), text);
      assert.equal(tcpAddress(text), text);
    }
    assert.equal(address('unix:///run/mixer.sock'), 'unix:///run/mixer.sock');
  });

  it('refuse the rest with a word on how to write it', () => {
    const wrong = { code: 'commander.invalidArgument' };
    assert.throws(() => address('foo'), { ...wrong, message: /not host:port, as in 127\.0\.0\.1:9091/ });
    assert.throws(() => address('http://a:1'), wrong);
    assert.throws(() => tcpAddress('unix:///run/mixer.sock'), { ...wrong, message: /must be host:port/ });
  });
});

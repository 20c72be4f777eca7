import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { applyHeaderChanges, type HeaderChange } from '../../src/client/index.js';

const change = (name: string, value = '', operation: HeaderChange['operation'] = 'REPLACE'): HeaderChange => ({
  name,
  value,
  operation,
});

function made(...changes: HeaderChange[]): string[] {
  const calls: string[] = [];
  applyHeaderChanges(changes, {
    set: (name, value) => calls.push(`set ${name} ${value}`),
    append: (name, value) => calls.push(`append ${name} ${value}`),
    delete: (name) => calls.push(`delete ${name}`),
  });
  return calls;
}

describe('changes of headers (1.13)', () => {
  it('are made in their order', () => {
    assert.deepEqual(made(change('a', '1'), change('b', '2', 'APPEND'), change('a', '', 'REMOVE')), [
      'set a 1',
      'append b 2',
      'delete a',
    ]);
  });

  it('may be made to pseudo headers', () => {
    assert.deepEqual(made(change(':path', '/x')), ['set :path /x']);
  });

  for (const bad of [
    change('a', 'b\r\nc: d'),
    change('a', '\0'),
    change('a b'),
    change(''),
    change('a:', 'x'),
    change('ä'),
    change('Content-Length', '1'),
    change('transfer-encoding', '', 'REMOVE'),
    change('connection', 'close', 'APPEND'),
  ]) {
    it(`are passed over when they cannot be sent, or frame the message: ${JSON.stringify(bad)}`, () => {
      assert.deepEqual(made(bad, change('x', 'y')), ['set x y']);
    });
  }

  it('send as UTF-8 what is not in a byte', () => {
    assert.deepEqual(made(change('a', '\u20ac')), ['set a \u00e2\u0082\u00ac']);
    assert.deepEqual(made(change('a', '\u00e4')), ['set a \u00e4']);
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Headers } from '../../../src/proxy/http/headers.js';
import { HeaderMap } from '../../../src/proxy/mixer/header-map.js';

test('a header map has the last value of each name, in the order in which names came first', () => {
  const headers = new Headers(['a', '1', 'b', '22', 'a', '333', '__proto__', '4']);
  const map = new HeaderMap(headers, [':path', '/x']);
  assert.deepEqual(
    [...map.entries()],
    [
      ['a', '333'],
      ['b', '22'],
      ['__proto__', '4'],
      [':path', '/x'],
    ],
  );
  assert.deepEqual([map.size, map.length], [4, 'a333b22__proto__4:path/x'.length]);
  assert.deepEqual([map.get('a'), map.get('__proto__'), map.get(':path'), map.get('c')], ['333', '4', '/x', undefined]);
  headers.set('b', 'later');
  assert.equal(map.get('b'), '22', 'what comes later is not in it');
});

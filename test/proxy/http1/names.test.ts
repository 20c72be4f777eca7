import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nameOf } from '../../../src/proxy/http1/names.js';
import { heldBytes } from '../../support/held-bytes.js';

test('a name is known in lower case, with what it means for its message', () => {
  assert.deepEqual(nameOf('X-Request-ID'), { lower: 'x-request-id', role: undefined });
  assert.deepEqual(nameOf('HOST'), { lower: 'host', role: 'host' });
  assert.deepEqual(nameOf('trailer'), { lower: 'trailer', role: 'dropped' });
  assert.equal(nameOf('constructor')?.role, undefined);
  assert.equal(nameOf('__proto__')?.lower, '__proto__');
  for (const text of ['', 'a b', 'a:', '\xe4', 'a\0', '\u0100']) assert.equal(nameOf(text), undefined, text);
});

test('names that callers make up do not fill the memory', () => {
  const before = heldBytes();
  for (let count = 0; count < 20_000; count++) nameOf(`x-${count}-${'a'.repeat(40)}`);
  assert.equal(nameOf('x-after-all-of-these')?.lower, 'x-after-all-of-these');
  assert.ok(heldBytes() - before < 2 * 1024 * 1024);
});

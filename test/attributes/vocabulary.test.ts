import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Vocabulary } from '../../src/attributes/index.js';

describe('Vocabulary', () => {
  it('numbers attributes in the order of their definition', () => {
    const vocabulary = new Vocabulary();
    assert.deepEqual([vocabulary.define('a', 'STRING'), vocabulary.define('__proto__', 'INT64')], [0, 1]);
    assert.equal(vocabulary.size, 2);
    assert.equal(vocabulary.slotOf('__proto__'), 1);
    assert.equal(vocabulary.slotOf('constructor'), undefined);
    assert.equal(vocabulary.nameOf(0), 'a');
    assert.equal(vocabulary.typeOf(1), 'INT64');
    assert.deepEqual(vocabulary.names(), ['a', '__proto__']);
    assert.equal(vocabulary.nameOf(7), '');
    assert.equal(vocabulary.typeOf(7), 'VALUE_TYPE_UNSPECIFIED');
  });

  it('refuses a second definition', () => {
    const vocabulary = new Vocabulary();
    vocabulary.define('a', 'STRING');
    assert.throws(() => vocabulary.define('a', 'STRING'), /defined twice/);
  });

  it('gives the same pair of map and key the same key slot', () => {
    const vocabulary = new Vocabulary();
    const [first, second] = [vocabulary.define('m', 'STRING_MAP'), vocabulary.define('n', 'STRING_MAP')];
    assert.equal(vocabulary.keySlot(first, 'k'), 0);
    assert.equal(vocabulary.keySlot(second, 'k'), 1);
    assert.equal(vocabulary.keySlot(first, 'k'), 0);
    assert.deepEqual(vocabulary.keySlots, [
      { slot: first, key: 'k' },
      { slot: second, key: 'k' },
    ]);
  });

  it('keeps all but hidden attributes until it is told to keep only what is marked', () => {
    const vocabulary = new Vocabulary();
    const [read, unread] = [vocabulary.define('a', 'STRING'), vocabulary.define('b', 'STRING')];
    const hidden = vocabulary.defineHidden('/c', 'STRING');
    vocabulary.markRead(read);
    vocabulary.markRead(hidden);
    const kept = (): boolean[] => [read, unread, hidden].map((slot) => vocabulary.isKept(slot));
    assert.deepEqual(kept(), [true, true, false]);
    vocabulary.keepOnlyMarked();
    assert.deepEqual(kept(), [true, false, false]);
    vocabulary.keepOnlyMarked();
    vocabulary.markRead(read);
    assert.throws(() => vocabulary.markRead(unread), /'b' is marked too late/);
  });

  it('does not change what bags keep once it is sealed', () => {
    const vocabulary = new Vocabulary();
    vocabulary.seal();
    assert.throws(() => vocabulary.keepOnlyMarked(), /sealed/);
  });

  it('takes nothing more when it is sealed, but still answers', () => {
    const vocabulary = new Vocabulary();
    const slot = vocabulary.define('m', 'STRING_MAP');
    vocabulary.keySlot(slot, 'k');
    vocabulary.seal();
    assert.throws(() => vocabulary.define('b', 'STRING'), /sealed/);
    assert.throws(() => vocabulary.keySlot(slot, 'other'), /sealed/);
    assert.equal(vocabulary.keySlot(slot, 'k'), 0);
  });
});

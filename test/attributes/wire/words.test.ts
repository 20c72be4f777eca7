import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { globalDictionary, WireReader, Words } from '../../../src/attributes/index.js';

function words(...texts: string[]): Words {
  const made = new Words();
  made.reset(new WireReader(Buffer.from(texts.join(''))));
  let at = 0;
  for (const text of texts) made.add(at, (at += Buffer.byteLength(text)));
  return made;
}

describe('Words', () => {
  it('counts message words down from -1 and global words up from 0', () => {
    const made = words('one', 'zwö', '');
    assert.deepEqual(
      [-1, -2, -3, 0, 221].map((index) => made.text(index)),
      ['one', 'zwö', '', 'source.ip', globalDictionary[221]],
    );
  });

  it('knows which indices there are', () => {
    const made = words('one', 'two');
    const known = [-(2 ** 31), -3, -2, -1, 0, 221, 222, 2 ** 31 - 1].map((index) => made.has(index));
    assert.deepEqual(known, [false, false, true, true, true, true, false, false]);
  });

  it('forgets, and gives the space of many words back', () => {
    const made = words(...Array.from({ length: 5000 }, (_, i) => `w${i}`));
    assert.equal(made.text(-5000), 'w4999');
    made.reset(new WireReader(Buffer.from('x')));
    assert.ok(!made.has(-1));
    made.add(0, 1);
    assert.equal(made.text(-1), 'x');
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { EncodedShapes } from '../../../src/attributes/wire/encoded-shapes.js';

describe('EncodedShapes', () => {
  it('gives back the bytes of the same references for the same number of known words only', () => {
    const shapes = new EncodedShapes();
    const bytes = Uint8Array.of(1, 2, 3);
    shapes.set([1, 6], 222, bytes);
    assert.equal(shapes.get([1, 6], 222), bytes);
    assert.equal(shapes.get([1, 6], 111), undefined);
    assert.equal(shapes.get([1, 5], 222), undefined);
    assert.equal(shapes.get([1, 6, 9], 222), undefined);
    assert.equal(shapes.get([1], 222), undefined);
  });

  it('never mistakes one set of references for another, however many there are', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.array(fc.nat(40)), fc.nat(3)), { maxLength: 200 }), (sets) => {
        const shapes = new EncodedShapes();
        const encode = (found: readonly number[], words: number) => Uint8Array.of(...found, 255, words);
        for (const [found, words] of sets) {
          const known = shapes.get(found, words);
          if (known !== undefined) assert.deepEqual(known, encode(found, words));
          else shapes.set(found, words, encode(found, words));
        }
      }),
    );
  });
});

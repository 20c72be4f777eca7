import assert from 'node:assert/strict';
import { it } from 'node:test';

import { Duration, Timestamp } from '../../../src/attributes/index.js';
import { compressAttributes } from '../../../src/cli/client/compress-attributes.js';

it('compressAttributes() puts every type into its map and every word once, counting down from -1', () => {
  const { words, ...maps } = compressAttributes([
    ['s', 'v'],
    ['v', 's'],
    ['i', 2n ** 60n],
    ['d', 1.5],
    ['b', false],
    ['t', new Timestamp(-1, 5)],
    ['u', new Duration(-1, -5)],
    ['y', Uint8Array.of(1)],
    [
      'm',
      new Map([
        ['s', 'x'],
        ['__proto__', 'v'],
      ]),
    ],
  ]);
  assert.deepEqual(words, ['s', 'v', 'i', 'd', 'b', 't', 'u', 'y', 'm', 'x', '__proto__']);
  assert.deepEqual(maps, {
    strings: { [-1]: -2, [-2]: -1 },
    int64s: { [-3]: 2n ** 60n },
    doubles: { [-4]: 1.5 },
    bools: { [-5]: false },
    timestamps: { [-6]: { seconds: -1n, nanos: 5 } },
    durations: { [-7]: { seconds: -1n, nanos: -5 } },
    bytes: { [-8]: Buffer.of(1) },
    stringMaps: { [-9]: { entries: { [-1]: -10, [-11]: -2 } } },
  });
});

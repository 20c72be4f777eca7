import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeDimensions, UploadWriter } from '../../../src/adapters/signalfx/datapoints.js';
import { readUpload } from './upload.js';

describe('UploadWriter', () => {
  it('writes what an endpoint of SignalFx reads', () => {
    const dimensions = encodeDimensions(
      new Map([
        ['__proto__', 'ü😀'],
        ['code', '200'],
      ]),
    );
    const writer = new UploadWriter(1_767_225_600_123.9);
    writer.add({
      name: 'm',
      dimensions,
      points: [
        { suffix: '.count', kind: 'CUMULATIVE_COUNTER', value: 2n ** 63n - 1n },
        { suffix: '.min', kind: 'GAUGE', value: -0.5 },
      ],
    });
    writer.add({ name: 'n', dimensions: new Uint8Array(), points: [{ suffix: '', kind: 'GAUGE', value: -1n }] });
    assert.equal(writer.points, 3);
    const timestamp = 1_767_225_600_123n;
    const read = new Map([
      ['__proto__', 'ü😀'],
      ['code', '200'],
    ]);
    assert.deepEqual(readUpload(writer.finish()), [
      { metric: 'm.count', timestamp, value: 2n ** 63n - 1n, type: 'CUMULATIVE_COUNTER', dimensions: read },
      { metric: 'm.min', timestamp, value: -0.5, type: 'GAUGE', dimensions: read },
      { metric: 'n', timestamp, value: -1n, type: 'GAUGE', dimensions: new Map() },
    ]);
  });

  it('begins anew after each message', () => {
    const writer = new UploadWriter(0);
    const add = (name: string) =>
      writer.add({ name, dimensions: new Uint8Array(), points: [{ suffix: '', kind: 'GAUGE', value: 1 }] });
    add('a');
    writer.finish();
    assert.deepEqual([writer.points, writer.bytes], [0, 0]);
    add('b');
    assert.deepEqual(
      readUpload(writer.finish()).map(({ metric }) => metric),
      ['b'],
    );
  });
});

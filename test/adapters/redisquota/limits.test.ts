import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import redisquota from 'fairlead/adapters/redisquota';
import { decodeParams } from 'fairlead/testing';
import { createChooser, mostCounted } from '../../../src/adapters/redisquota/limits.js';

function chooser(quota: string) {
  return createChooser(decodeParams(redisquota, `quotas: [{ name: q, ${quota} }]`).config.quotas[0]!);
}

describe('a limit of redisquota', () => {
  test('is the first override whose dimensions are all there and equal', () => {
    const choose = chooser(
      'maxAmount: 10, validDuration: 1s, overrides: [' +
        '{ dimensions: { source: none, path: "" }, maxAmount: 1 }, { dimensions: { source: none }, maxAmount: 5 },' +
        '{ dimensions: { count: "7" }, maxAmount: 6 }]',
    );
    const max = (dimensions: Record<string, string | bigint>) => choose(dimensions).maxAmount;
    assert.equal(max({ source: 'none' }), 5, 'an absent dimension is not the empty text');
    assert.equal(max({ source: 'none', path: '' }), 1);
    assert.equal(max({ source: 'other' }), 10);
    assert.equal(max({ count: 7n }), 6);
    assert.equal(max(Object.create({ source: 'none' }) as Record<string, string>), 10);
    assert.notEqual(choose({ source: 'none' }).keyPart, choose({}).keyPart, 'an override counts by itself');
  });

  test('never rounds up what there is, nor down the window', () => {
    const { text } = chooser('maxAmount: "9223372036854775807", validDuration: 1ns, rateLimitAlgorithm: TOKEN_BUCKET')(
      {},
    );
    assert.equal(text, `T ${mostCounted} 1 1`);
    assert.equal(chooser('maxAmount: -5, validDuration: 1500ns')({}).text, 'F 0 2 1');
    const long = chooser('maxAmount: 1, validDuration: 2540400h')({}).text;
    assert.match(long, /^F 1 \d+ 1$/);
    assert.ok(Number(long.split(' ')[2]) * 2 < Number.MAX_SAFE_INTEGER);
  });

  test('has no more than 10,000 buckets in a rolling window', () => {
    const rolling = (validDuration: string, bucketDuration: string) =>
      chooser(
        `maxAmount: 1, validDuration: ${validDuration}, bucketDuration: ${bucketDuration}, rateLimitAlgorithm: ROLLING_WINDOW`,
      )({}).text;
    assert.equal(rolling('1h', '1s'), 'R 1 3600000000 1000000');
    assert.equal(rolling('1h', '1ms'), 'R 1 3600000000 360000');
  });
});

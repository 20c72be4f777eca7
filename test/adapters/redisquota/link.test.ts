import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import redisquota from 'fairlead/adapters/redisquota';
import { decodeParams, type FakeEnv, fakeEnv } from 'fairlead/testing';
import { type Cluster, Redis } from 'ioredis';
import { createClient } from '../../../src/adapters/redisquota/client.js';
import { Link } from '../../../src/adapters/redisquota/link.js';
import { settle } from '../../support/manual-time.js';

type Refreshed = (error?: Error) => void;

/** A link that never connects, and the questions for the slots of the cluster that it asked. */
function setUp(mode: string): { readonly env: FakeEnv; readonly link: Link; readonly refreshes: Refreshed[] } {
  const params = `{ redisServerUrl: 127.0.0.1, mode: ${mode}, quotas: [{ name: q, validDuration: 1s }] }`;
  const client = createClient(decodeParams(redisquota, params).config);
  const refreshes: Refreshed[] = [];
  if (!(client instanceof Redis)) client.refreshSlotsCache = (callback) => void refreshes.push(callback ?? (() => {}));
  const env = fakeEnv();
  return { env, link: new Link(client, env), refreshes };
}

describe('the link to a cluster', () => {
  test('asks once a second who has which slots, and not again while an answer is missing', async () => {
    const { env, link, refreshes } = setUp('CLUSTER');
    await env.clock.advance(999);
    assert.equal(refreshes.length, 0);
    await env.clock.advance(1);
    assert.equal(refreshes.length, 1);
    await env.clock.advance(5000);
    assert.equal(refreshes.length, 1);
    refreshes[0]!(new Error('nobody knows'));
    await settle();
    await env.clock.advance(1000);
    assert.equal(refreshes.length, 2);
    assert.deepEqual(env.clock.failures, []);
    await link.close();
  });

  test('asks no more and leaves no timer when it is closed, in the middle of an answer as well', async () => {
    const { env, link, refreshes } = setUp('CLUSTER');
    await env.clock.advance(1000);
    await link.close();
    assert.equal(env.schedule.pending, 0);
    refreshes[0]!();
    await settle();
    await env.clock.advance(10_000);
    assert.equal(refreshes.length, 1);
    assert.equal(env.schedule.pending, 0);
  });

  test('leaves the asking to nobody else', () => {
    const { config } = decodeParams(redisquota, 'mode: CLUSTER\nquotas: [{ name: q, validDuration: 1s }]');
    const client = createClient(config) as Cluster;
    assert.equal(client.options.slotsRefreshInterval, 0);
  });
});

test('the link to a single server has nothing to ask', () => {
  assert.equal(setUp('SINGLE').env.schedule.pending, 0);
});

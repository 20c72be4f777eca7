import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fakeCall, fakeEnv } from 'fairlead/testing';

describe('fakeEnv()', () => {
  test('keeps what is logged', () => {
    const env = fakeEnv();
    env.log.info('started', { port: 1 });
    env.log.error('failed');
    assert.deepEqual(env.logged, [
      { level: 'info', message: 'started', fields: { port: 1 } },
      { level: 'error', message: 'failed', fields: {} },
    ]);
  });

  test('adds counters up and keeps the last of a gauge, by labels in any order', () => {
    const { metrics, measured } = fakeEnv();
    const counter = metrics.counter('calls', 'Calls.');
    counter.add();
    counter.add(2, { b: '1', a: '2' });
    counter.add(3, { a: '2', b: '1' });
    const gauge = metrics.gauge('size', 'Size.');
    gauge.set(4);
    gauge.set(5);
    assert.deepEqual(Object.fromEntries(measured), { calls: 1, 'calls{a="2",b="1"}': 5, size: 5 });
  });

  test('shares a source among siblings until the last one lets go', () => {
    const env = fakeEnv();
    const source = { exposition: () => '' };
    const first = env.expose('key', () => source);
    const second = env.sibling().expose('key', (): typeof source => assert.fail('is there already'));
    assert.equal(second.source, source);
    assert.equal(env.exposed.get('key')?.holders, 2);
    first.release();
    first.release();
    assert.equal(env.exposed.get('key')?.holders, 1);
    second.release();
    assert.equal(env.exposed.size, 0);
  });

  test('aborts its own signal and stops its own schedule alone', () => {
    const env = fakeEnv();
    const sibling = env.sibling();
    env.schedule.every(1, () => undefined);
    sibling.schedule.every(1, () => undefined);
    env.abort();
    env.dispose();
    assert.deepEqual([env.signal.aborted, env.schedule.pending], [true, 0]);
    assert.deepEqual([sibling.signal.aborted, sibling.schedule.pending], [false, 1]);
    assert.equal(sibling.clock, env.clock);
  });
});

describe('fakeCall()', () => {
  test('gives a second by the clock', () => {
    const { clock } = fakeEnv();
    const call = fakeCall({ clock });
    assert.equal(call.deadline, clock.now() + 1000);
    assert.equal(call.signal.aborted, false);
  });
});

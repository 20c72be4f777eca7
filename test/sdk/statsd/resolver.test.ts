import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeClock } from 'fairlead/testing';
import { type Lookup, Resolver } from '../../../src/sdk/statsd/resolver.js';

type Given = Parameters<Lookup>[2];

/** A resolver whose questions are answered by hand, and what it told. */
function setup() {
  const clock = new FakeClock();
  const asked: Given[] = [];
  const told: string[] = [];
  const resolver = new Resolver(clock, (_host, _options, answer) => asked.push(answer));
  const look = (host = 'statsd'): void =>
    resolver.lookup(host, {}, (error, address) => told.push(error === null ? address : error.message));
  return { clock, asked, told, resolver, look };
}

describe('a resolver', () => {
  it('asks once for all that wait, and not again for a minute', async () => {
    const { clock, asked, told, look } = setup();
    look();
    look();
    assert.equal(asked.length, 1);
    asked[0]!(null, '10.0.0.1', 4);
    await clock.advance(59_999);
    look();
    assert.deepEqual([asked.length, told], [1, ['10.0.0.1', '10.0.0.1', '10.0.0.1']]);
  });

  it('uses the old address while it asks for a new one, and when there is none', async () => {
    const { clock, asked, told, look } = setup();
    look();
    asked[0]!(null, '10.0.0.1', 4);
    await clock.advance(60_000);
    look();
    asked[1]!(new Error('down'), '', 4);
    look();
    await clock.advance(5_000);
    look();
    asked[2]!(null, '10.0.0.2', 4);
    look();
    assert.deepEqual(told, ['10.0.0.1', '10.0.0.1', '10.0.0.1', '10.0.0.1', '10.0.0.2']);
  });

  it('remembers a failure for five seconds', async () => {
    const { clock, asked, told, look } = setup();
    look();
    asked[0]!(new Error('down'), '', 4);
    look();
    await clock.advance(5_000);
    look();
    assert.deepEqual([asked.length, told], [2, ['down', 'down', 'down']]);
  });

  it('lets a thousand wait, and nobody when it is closed', () => {
    const { asked, told, resolver, look } = setup();
    for (let count = 0; count < 1_001; count += 1) look();
    assert.deepEqual(told, ['no address for statsd yet']);
    resolver.close('statsd');
    look();
    assert.deepEqual([asked.length, told.length], [1, 1_002]);
    asked[0]!(null, '10.0.0.1', 4);
    assert.equal(told.length, 1_002);
  });

  it('does not ask about addresses', () => {
    const { asked, told, look } = setup();
    look('127.0.0.1');
    look('::1');
    assert.deepEqual([asked.length, told], [0, ['127.0.0.1', '::1']]);
  });
});

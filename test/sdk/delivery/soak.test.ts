import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createDelivery, type SendOutcome } from 'fairlead/sdk/delivery';
import { fakeEnv } from 'fairlead/testing';

const hours = 8;
const perSecond = 20;

// The backend is well for ten minutes, dead for ten, ill for ten, and so on.
function stateAt(second: number): 'well' | 'dead' | 'ill' {
  return (['well', 'dead', 'ill'] as const)[Math.floor(second / 600) % 3]!;
}

it('runs for eight hours of good and bad times without growing', async () => {
  const env = fakeEnv();
  let second = 0;
  let sends = 0;
  let most = 0;
  const delivery = createDelivery<object>(env, {
    name: 'soak',
    queue: { entries: 2000, bytes: 200_000 },
    batch: { entries: 100, bytes: 50_000, millis: 5000 },
    overflow: 'oldest',
    sizeOf: () => 100,
    timeoutMillis: 3000,
    send: (): Promise<SendOutcome<object>> => {
      sends += 1;
      const state = stateAt(second);
      if (state === 'dead') return new Promise(() => undefined);
      const isWell = state === 'well' || sends % 2 === 0;
      return Promise.resolve(isWell ? { kind: 'delivered' } : { kind: 'retry', reason: 'ill' });
    },
  });
  const pendings: number[] = [];
  for (; second < hours * 3600; second += 1) {
    for (let count = 0; count < perSecond; count += 1) delivery.offer({});
    await env.clock.advance(1000);
    most = Math.max(most, delivery.state.entries);
    if (second % 3600 === 3599) pendings.push(env.schedule.pending);
  }
  assert.ok(most <= 2000);
  assert.ok(
    pendings.every((pending) => pending < 10),
    pendings.join(),
  );
  assert.ok(env.logged.length <= hours * 240, `${env.logged.length} lines`);
  const deadSeconds = (hours * 3600) / 3;
  const wellSends = (hours * 3600 * perSecond) / 100;
  assert.ok(sends < 1.2 * wellSends + deadSeconds / 10 + 100, `${sends} sends`);
  const closed = delivery.close();
  await env.clock.advance(0);
  await env.clock.advance(10_000);
  await closed;
  const counted = [...env.measured].filter(([name]) => /^delivery_(sent|dropped)/.test(name));
  assert.equal(
    counted.reduce((sum, [, value]) => sum + value, 0),
    hours * 3600 * perSecond,
  );
});

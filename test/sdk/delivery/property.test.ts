import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { createDelivery, type SendOutcome } from 'fairlead/sdk/delivery';
import { fakeEnv } from 'fairlead/testing';

interface Item {
  readonly id: number;
  readonly size: number;
}

const queue = { entries: 12, bytes: 60 };
const batch = { entries: 4, bytes: 25, millis: 300 };

const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ offer: fc.integer({ min: 0, max: 30 }) }) },
  { weight: 3, arbitrary: fc.record({ advance: fc.integer({ min: 0, max: 900 }) }) },
  { weight: 1, arbitrary: fc.constant({ flush: true } as const) },
);

/** How an attempt ends; the number chooses what is sent again. */
const answer = fc.oneof(
  fc.constantFrom('delivered', 'rejected', 'split', 'retry', 'throw', 'hang', 'late', 'nonsense'),
  fc.integer({ min: 0, max: 255 }),
);

it('lets every entry end exactly once, within all bounds, whatever the backend answers', async () => {
  const runs = fc.asyncProperty(
    fc.array(step, { maxLength: 60 }),
    fc.infiniteStream(answer),
    fc.constantFrom('newest', 'oldest'),
    fc.integer({ min: 1, max: 3 }),
    async (steps, answers, overflow, concurrency) => {
      const env = fakeEnv();
      const wrong: (readonly Item[])[] = [];
      const arrived = new Map<number, number>();
      const arrive = (items: readonly Item[]): void => {
        for (const { id } of items) arrived.set(id, (arrived.get(id) ?? 0) + 1);
      };
      const reply = (items: readonly Item[]): Promise<SendOutcome<Item>> => {
        const next = answers.next().value;
        if (typeof next === 'number') {
          const again = items.filter((_, index) => (next >> index) & 1);
          const others = items.filter((item) => !again.includes(item));
          const rejected = Math.min(others.length, next >> 6);
          arrive(others.slice(rejected));
          return Promise.resolve({ kind: 'partial', reason: 'part', again, rejected });
        }
        if (next === 'hang') return new Promise(() => undefined);
        if (next === 'late')
          return new Promise((resolve) => env.schedule.after(180, () => resolve({ kind: 'rejected', reason: 'late' })));
        if (next === 'throw') return Promise.reject(new Error('thrown'));
        if (next === 'delivered') arrive(items);
        return Promise.resolve({ kind: next, reason: 'x' } as SendOutcome<Item>);
      };
      const delivery = createDelivery<Item>(env, {
        name: 'p',
        queue,
        batch,
        overflow,
        concurrency,
        sizeOf: ({ size }) => size,
        timeoutMillis: 200,
        retry: { attempts: 3, firstMillis: 50, maxMillis: 400 },
        circuit: { failures: 4, openMillis: 500 },
        closeMillis: 1000,
        send: (items) => {
          const bytes = items.reduce((sum, { size }) => sum + size, 0);
          if (items.length === 0 || items.length > batch.entries || bytes > batch.bytes) wrong.push(items);
          return reply(items);
        },
      });
      const checkBounds = (): void => {
        const { entries, bytes } = delivery.state;
        assert.ok(entries >= 0 && entries <= queue.entries, `${entries} entries`);
        assert.ok(bytes >= 0 && bytes <= queue.bytes, `${bytes} bytes`);
      };
      let offered = 0;
      const flushes: Promise<void>[] = [];
      for (const one of steps) {
        if ('offer' in one) delivery.offer({ id: (offered += 1), size: one.offer });
        else if ('advance' in one) await env.clock.advance(one.advance);
        else flushes.push(delivery.flush());
        checkBounds();
      }
      env.abort();
      const closed = delivery.close();
      await env.clock.advance(0);
      await env.clock.advance(1000);
      await closed;
      await Promise.all(flushes);
      assert.deepEqual([delivery.state.entries, delivery.state.bytes], [0, 0]);
      let sent = 0;
      let dropped = 0;
      for (const [name, value] of env.measured) {
        if (name.startsWith('delivery_sent')) sent += value;
        if (name.startsWith('delivery_dropped')) dropped += value;
      }
      assert.equal(sent + dropped, offered);
      assert.equal(sent, arrived.size);
      assert.ok([...arrived.values()].every((times) => times === 1));
      assert.deepEqual([wrong, env.clock.failures], [[], []]);
      env.dispose();
    },
  );
  await fc.assert(runs, { numRuns: 250 });
});

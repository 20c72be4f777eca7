import { createDelivery, type Delivery, type SendOutcome } from 'fairlead/sdk/delivery';
import { createHost } from '../src/runtime/index.js';
import { type BenchResult, median } from './result.js';

const rounds = 9;
const perRound = 200_000;
const batch = { entries: 1000, bytes: 10_000_000, millis: 1000 };

type Item = { readonly text: string };

/** What a request pays for an entry that is delivered later, with a backend that is well and with one that is dead. */
export async function run(): Promise<readonly BenchResult[]> {
  const queue = { entries: perRound, bytes: 1_000_000_000 };
  const well = create(queue, () => Promise.resolve({ kind: 'delivered' }));
  const dead = create({ entries: 1000, bytes: 1_000_000 }, () => Promise.resolve({ kind: 'retry', reason: 'dead' }));
  const list: Item[] = [];
  const items = Array.from({ length: perRound }, (_, index): Item => ({ text: `entry ${index}` }));
  const figures = { well: [] as number[], dead: [] as number[], push: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    figures.push.push(nanos(items, (item) => list.push(item)));
    list.length = 0;
    figures.well.push(nanos(items, (item) => well.offer(item)));
    await well.flush();
    figures.dead.push(nanos(items, (item) => dead.offer(item)));
  }
  // The host's timers do not keep a process alive.
  const alive = setInterval(() => undefined, 1000);
  await Promise.all([well.close(), dead.close()]);
  clearInterval(alive);
  return [
    row('delivery: offer', figures.well, figures.push),
    row('delivery: offer, full queue before a dead backend', figures.dead, figures.push),
  ];
}

function create(
  queue: { readonly entries: number; readonly bytes: number },
  send: () => Promise<SendOutcome<Item>>,
): Delivery<Item> {
  const nothing = (): void => undefined;
  const log = { debugEnabled: false, debug: nothing, info: nothing, warn: nothing, error: nothing };
  const { env } = createHost({ log }).createEnv('bench', 'bench');
  return createDelivery<Item>(env, {
    name: 'bench',
    queue,
    batch,
    send,
    sizeOf: ({ text }) => 2 * text.length,
    timeoutMillis: 1000,
  });
}

function nanos(items: readonly Item[], take: (item: Item) => unknown): number {
  const start = performance.now();
  for (const item of items) take(item);
  return ((performance.now() - start) * 1e6) / items.length;
}

function row(name: string, ours: readonly number[], push: readonly number[]): BenchResult {
  const value = median(ours);
  return {
    name: `${name}; Array.push`,
    ours: `${value.toFixed(0)} ns`,
    opponent: `${median(push).toFixed(0)} ns`,
    ratio: undefined,
    goal: '<= 100 ns',
    met: value <= 100,
  };
}

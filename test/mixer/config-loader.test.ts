import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import type { ConfigStore, LoadResult } from '../../src/config/index.js';
import { ConfigLoader } from '../../src/mixer/config-loader.js';
import type { Runtime, Snapshot } from '../../src/runtime/index.js';
import { deferred } from '../support/deferred.js';
import { MemoryLog } from '../support/memory-log.js';

/** A store and a runtime turned by hand: states are told apart by the number of their diagnostics. */
function fixture() {
  const state = (count: number): LoadResult => ({
    resources: [],
    diagnostics: Array.from({ length: count }, () => ({ severity: 'info' as const, code: 'X', message: '' })),
  });
  let current = state(0);
  let listener: ((state: LoadResult) => void) | undefined;
  const store: ConfigStore = {
    current: () => current,
    start: () => Promise.resolve(),
    onChange: (wanted) => {
      listener = wanted;
      return () => undefined;
    },
    close: () => Promise.resolve(),
  };
  const loads: number[] = [];
  let gate: Promise<void> = Promise.resolve();
  const runtime = {
    load: async (_resources: unknown, diagnostics: readonly unknown[]): Promise<Snapshot> => {
      loads.push(diagnostics.length);
      await gate;
      if (diagnostics.length === 13) throw new Error('bad luck');
      return {} as Snapshot;
    },
  } as unknown as Runtime;
  const log = new MemoryLog();
  return {
    loader: new ConfigLoader({ store, runtime, log }),
    loads,
    log,
    hold: (wanted: Promise<void>) => {
      gate = wanted;
    },
    change: (count: number) => {
      current = state(count);
      listener?.(current);
    },
  };
}

describe('ConfigLoader', () => {
  it('loads at start and at each change', async () => {
    const { loader, loads, change } = fixture();
    assert.equal(loader.loaded, false);
    await loader.start();
    assert.equal(loader.loaded, true);
    change(1);
    await loader.close();
    assert.deepEqual(loads.slice(0, 1), [0]);
  });

  it('takes changes during a load together in the next one', async () => {
    const { loader, loads, change, hold } = fixture();
    await loader.start();
    const gate = deferred<undefined>();
    hold(gate.promise);
    change(1);
    await new Promise((resolve) => setImmediate(resolve));
    change(2);
    change(3);
    change(4);
    gate.resolve(undefined);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(loads, [0, 1, 4]);
    await loader.close();
  });

  it('logs a load that fails and loads the next change', async () => {
    const { loader, loads, change, log } = fixture();
    await loader.start();
    change(13);
    await new Promise((resolve) => setImmediate(resolve));
    change(2);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(loads, [0, 13, 2]);
    assert.deepEqual(
      log.lines.map(({ level }) => level),
      ['error'],
    );
    await loader.close();
  });

  it('fails to start when the first load fails', async () => {
    const { loader, change } = fixture();
    change(13);
    await assert.rejects(loader.start(), /bad luck/);
    assert.equal(loader.loaded, false);
  });

  it('loads nothing any more once it is closed', async () => {
    const { loader, loads, change } = fixture();
    await loader.start();
    await loader.close();
    change(1);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(loads, [0]);
  });
});

import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { describe, it, type TestContext } from 'node:test';
import { FsStore } from '../../../src/config/store/fs-store.js';
import type { Timers, Watch, WatchEvents } from '../../../src/config/store/store.js';
import { Folder, rules, summary } from './folder.js';

interface Timer {
  readonly due: number;
  readonly millis: number;
  readonly work: () => void;
}

/** Time, the notices of the operating system and the log, all in the test's hands. */
class World {
  readonly folder: Folder;
  readonly changes: string[] = [];
  readonly logged: string[] = [];
  readonly store: FsStore;
  events: WatchEvents | undefined;
  watches = 0;
  closed = 0;
  private now = 0;
  private readonly pending = new Set<Timer>();

  constructor(test: TestContext, name = 'conf') {
    this.folder = new Folder(test);
    mkdirSync(this.folder.at('conf'));
    const timers: Timers = {
      after: (millis, work) => {
        const timer = { due: this.now + millis, millis, work };
        this.pending.add(timer);
        return () => void this.pending.delete(timer);
      },
    };
    const watch: Watch = (_paths, events) => {
      this.watches++;
      this.events = events;
      return {
        close: async () => {
          this.closed++;
        },
      };
    };
    const log = {
      warn: (message: string) => this.logged.push(message),
      error: (message: string) => this.logged.push(message),
    };
    this.store = new FsStore(this.folder.at(name), { defaultNamespace: 'default', timers, watch, log });
    this.store.onChange((state) => this.changes.push(summary(state)));
    test.after(() => this.store.close());
  }

  /** The milliseconds of the timers that run. */
  get timers(): readonly number[] {
    return [...this.pending].map(({ millis }) => millis).sort((a, b) => a - b);
  }

  advance(millis: number): void {
    const until = this.now + millis;
    for (;;) {
      const [next] = [...this.pending].filter(({ due }) => due <= until).sort((a, b) => a.due - b.due);
      if (next === undefined) break;
      this.pending.delete(next);
      this.now = next.due;
      next.work();
    }
    this.now = until;
  }

  /** Lets a scan end: only then is the next look scheduled. */
  async settle(): Promise<void> {
    while (!this.timers.some((millis) => millis >= 1000)) await new Promise((resolve) => setImmediate(resolve));
  }

  /** A notice, the end of its batch and of the scan. */
  async hint(): Promise<void> {
    this.events?.changed();
    this.advance(120);
    await this.settle();
  }
}

describe('FsStore', () => {
  it('is empty until it has started', async (t) => {
    const world = new World(t);
    world.folder.write('conf/a.yaml', rules('a'));
    assert.equal(summary(world.store.current()), '');
    await world.store.start();
    assert.equal(summary(world.store.current()), 'a');
    assert.deepEqual(world.changes, []);
  });

  it('tells of changes, once for a batch', async (t) => {
    const world = new World(t);
    await world.store.start();
    world.folder.write('conf/a.yaml', rules('a'));
    world.events?.changed();
    world.advance(100);
    world.folder.write('conf/b.yaml', rules('b'));
    world.events?.changed();
    world.advance(119);
    assert.equal(world.timers.includes(120), true);
    world.advance(1);
    await world.settle();
    assert.deepEqual(world.changes, ['a b']);
  });

  it('does not wait for ever for quiet', async (t) => {
    const world = new World(t);
    await world.store.start();
    world.folder.write('conf/a.yaml', rules('a'));
    for (let step = 0; step < 10; step++) {
      world.events?.changed();
      world.advance(50);
    }
    await world.settle();
    assert.deepEqual(world.changes, ['a']);
  });

  it('keeps still when nothing says anything new', async (t) => {
    const world = new World(t);
    world.folder.write('conf/a.yaml', rules('a'));
    await world.store.start();
    world.folder.write('conf/a.yaml', `# a comment\n${rules('a')}`);
    await world.hint();
    assert.deepEqual(world.changes, []);
    assert.equal(world.store.current().resources[0]?.position().line, 2);
  });

  it('tells of new diagnostics and of their end', async (t) => {
    const world = new World(t);
    world.folder.write('conf/a.yaml', rules('a'));
    await world.store.start();
    world.folder.write('conf/a.yaml', '{');
    await world.hint();
    world.folder.write('conf/a.yaml', rules('a'));
    await world.hint();
    assert.deepEqual(world.changes, ['a YAML_SYNTAX', 'a']);
  });

  it('takes the resources of deleted files away', async (t) => {
    const world = new World(t);
    world.folder.write('conf/a.yaml', rules('a'));
    await world.store.start();
    rmSync(world.folder.at('conf/a.yaml'));
    await world.hint();
    assert.deepEqual(world.changes, ['']);
  });

  it('keeps everything while the folder is gone', async (t) => {
    const world = new World(t);
    world.folder.write('conf/a.yaml', rules('a'));
    await world.store.start();
    renameSync(world.folder.at('conf'), world.folder.at('away'));
    await world.hint();
    assert.deepEqual(world.changes, ['a STORE_VANISHED']);
    assert.deepEqual(world.timers, [1000]);
    renameSync(world.folder.at('away'), world.folder.at('conf'));
    world.advance(1000);
    await world.settle();
    assert.deepEqual(world.changes, ['a STORE_VANISHED', 'a']);
    assert.deepEqual(world.timers, [5000]);
  });

  it('starts without a folder and takes it when it appears', async (t) => {
    const world = new World(t, 'later');
    await world.store.start();
    assert.equal(summary(world.store.current()), 'FILE_UNREADABLE');
    assert.equal(world.watches, 0);
    world.folder.write('later/a.yaml', rules('a'));
    world.advance(1000);
    await world.settle();
    assert.deepEqual(world.changes, ['a']);
    assert.equal(world.watches, 1);
  });

  it('looks from time to time without a hint', async (t) => {
    const world = new World(t);
    await world.store.start();
    world.folder.write('conf/a.yaml', rules('a'));
    world.advance(5000);
    await world.settle();
    assert.deepEqual(world.changes, ['a']);
  });

  it('looks more often, and says so once, when watching fails', async (t) => {
    const world = new World(t);
    await world.store.start();
    world.events?.failed(new Error('no more watches'));
    world.events?.failed(new Error('no more watches'));
    assert.equal(world.logged.length, 1);
    world.advance(5000);
    await world.settle();
    assert.deepEqual(world.timers, [1000]);
  });

  it('watches anew what was made anew, and new folders', async (t) => {
    const world = new World(t);
    await world.store.start();
    await world.hint();
    assert.equal(world.watches, 1);
    world.folder.write('conf/sub/a.yaml', rules('a'));
    await world.hint();
    assert.deepEqual([world.watches, world.closed], [2, 1]);
    renameSync(world.folder.at('conf'), world.folder.at('away'));
    world.folder.write('conf/a.yaml', rules('b'));
    await world.hint();
    assert.deepEqual([world.watches, world.closed], [3, 2]);
    assert.deepEqual(world.changes, ['a', 'b']);
  });

  it('looks again for a hint that comes during a look', async (t) => {
    const world = new World(t);
    await world.store.start();
    world.folder.write('conf/a.yaml', rules('a'));
    world.events?.changed();
    world.advance(120);
    world.folder.write('conf/b.yaml', rules('b'));
    world.events?.changed();
    world.advance(120);
    await world.settle();
    assert.equal(world.changes.at(-1), 'a b');
  });

  it('forgets a listener that was taken back and survives one that throws', async (t) => {
    const world = new World(t);
    await world.store.start();
    const heard: string[] = [];
    const stop = world.store.onChange((state) => heard.push(summary(state)));
    stop();
    world.store.onChange(() => assert.fail('broken listener'));
    world.folder.write('conf/a.yaml', rules('a'));
    await world.hint();
    assert.deepEqual([world.changes, heard, world.logged.length], [['a'], [], 1]);
  });

  it('leaves nothing running when closed', async (t) => {
    const world = new World(t);
    await world.store.start();
    world.events?.changed();
    await world.store.close();
    world.events?.changed();
    assert.deepEqual([world.timers, world.closed], [[], 1]);
  });
});

import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { describe, it, type TestContext } from 'node:test';
import { type LoadResult, openStore } from '../../../src/config/index.js';
import { Folder, rules, summary } from './folder.js';

/** A store on a real folder with the system's own notices and time. */
class Live {
  private waiting: (() => void) | undefined;
  private state: LoadResult | undefined;

  private constructor(private readonly store: ReturnType<typeof openStore>) {
    store.onChange((state) => {
      this.state = state;
      this.waiting?.();
    });
  }

  static async open(test: TestContext, path: string): Promise<Live> {
    const store = openStore(`fs://${path}`, { defaultNamespace: 'default' });
    test.after(() => store.close());
    const live = new Live(store);
    await store.start();
    return live;
  }

  /** Waits until the store says this; fails after a bound that a change must keep well within. */
  async until(wanted: string): Promise<void> {
    const deadline = AbortSignal.timeout(60_000);
    while (this.state === undefined || summary(this.state) !== wanted) {
      await new Promise<void>((resolve, reject) => {
        this.waiting = resolve;
        deadline.onabort = () => reject(new Error(`still ${this.state && summary(this.state)}, not ${wanted}`));
      });
    }
  }
}

describe('watchPaths()', () => {
  it('notices new, changed and deleted files, in new folders too', async (t) => {
    const folder = new Folder(t);
    folder.write('a.yaml', rules('a'));
    const live = await Live.open(t, folder.path);
    folder.write('b.yaml', rules('b'));
    await live.until('a b');
    folder.write('a.yaml', rules('c'));
    await live.until('c b');
    folder.write('deep/er/d.yaml', rules('d'));
    await live.until('c b d');
    folder.write('deep/er/d.yaml', rules('e'));
    await live.until('c b e');
    rmSync(folder.at('deep'), { recursive: true });
    await live.until('c b');
  });

  it('notices a file that is replaced by renaming, a single one too', async (t) => {
    const folder = new Folder(t);
    folder.write('a.yaml', rules('a'));
    const live = await Live.open(t, folder.at('a.yaml'));
    for (const name of ['b', 'c']) {
      folder.write('next', rules(name));
      renameSync(folder.at('next'), folder.at('a.yaml'));
      await live.until(name);
    }
  });

  it('notices the swapped links of a ConfigMap', async (t) => {
    const folder = new Folder(t);
    folder.write('..1/a.yaml', rules('v1'));
    symlinkSync('..1', folder.at('..data'));
    symlinkSync('..data/a.yaml', folder.at('a.yaml'));
    const live = await Live.open(t, folder.path);
    for (const version of [2, 3]) {
      folder.write(`..${version}/a.yaml`, rules(`v${version}`));
      symlinkSync(`..${version}`, folder.at('..data_tmp'));
      renameSync(folder.at('..data_tmp'), folder.at('..data'));
      rmSync(folder.at(`..${version - 1}`), { recursive: true });
      await live.until(`v${version}`);
    }
  });

  it('notices that the folder vanishes, and comes back', async (t) => {
    const folder = new Folder(t);
    folder.write('conf/a.yaml', rules('a'));
    const live = await Live.open(t, folder.at('conf'));
    renameSync(folder.at('conf'), folder.at('away'));
    await live.until('a STORE_VANISHED');
    mkdirSync(folder.at('conf'));
    folder.write('conf/b.yaml', rules('b'));
    await live.until('b');
  });
});

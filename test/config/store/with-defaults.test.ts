import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ConfigStore, type LoadResult, parseResources } from '../../../src/config/index.js';
import { layOver, withDefaults } from '../../../src/config/store/with-defaults.js';
import { rules, summary } from './folder.js';

const load = (text: string): LoadResult => parseResources(text, { defaultNamespace: 'default' });

describe('layOver()', () => {
  it('lets what is given replace defaults of the same kind, name and namespace, and keeps the others', () => {
    const given = load(`${rules('b', 'c')}---\nkind: handler\nmetadata: {name: a}\n---\nno: resource\n`);
    const both = layOver(load(rules('a', 'b=false')), given);
    assert.equal(summary(both), 'a b c a RESOURCE_INVALID');
    assert.equal(both.resources[1], given.resources[0]);
  });
});

describe('withDefaults()', () => {
  it('lays each state of the store over the defaults, and hands on start, changes and close', async () => {
    let state = load(rules('b'));
    let listener: ((state: LoadResult) => void) | undefined;
    const done: string[] = [];
    const store: ConfigStore = {
      current: () => state,
      start: async () => void done.push('start'),
      onChange: (wanted) => {
        listener = wanted;
        return () => done.push('stop');
      },
      close: async () => void done.push('close'),
    };
    const both = withDefaults(store, load(rules('a', 'b')));
    await both.start();
    assert.equal(summary(both.current()), 'a b');
    const seen: string[] = [];
    const stop = both.onChange((next) => seen.push(summary(next)));
    state = load(rules('a', 'c'));
    listener?.(state);
    listener?.(load(''));
    assert.deepEqual(seen, ['b a c', 'a b']);
    assert.equal(summary(both.current()), 'b a c');
    stop();
    await both.close();
    assert.deepEqual(done, ['start', 'stop', 'close']);
  });
});

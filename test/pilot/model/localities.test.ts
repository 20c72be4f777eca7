import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Instance } from '../../../src/pilot/index.js';
import { groupByLocality } from '../../../src/pilot/model/localities.js';

const instance = (locality: string, weight = 1): Instance => ({
  hostname: 'a',
  namespace: 'default',
  portName: 'http',
  address: '10.0.0.1',
  family: 'tcp',
  port: 80,
  labels: new Map(),
  locality,
  network: '',
  weight,
  serviceAccount: '',
  uid: '',
});
const all = ['us/east/a', 'us/east/b', 'us/west/a', 'eu/north/a', 'ap/south/a'].map((locality) => instance(locality));
const show = (groups: ReturnType<typeof groupByLocality>): string[] =>
  groups.map(({ locality, priority, weight }) => `${locality} ${priority} ${weight}`);
const none = { setting: undefined, hasOutlierDetection: true };

describe('groupByLocality()', () => {
  it('puts instances of a locality together and adds their weights up', () => {
    const groups = groupByLocality([instance('a', 2), instance('b'), instance('a', 3)], { ...none, locality: '' });
    assert.deepEqual(show(groups), ['a 0 5', 'b 0 1']);
    assert.equal(groups[0]?.instances.length, 2);
  });

  it('ranks by distance', () => {
    assert.deepEqual(show(groupByLocality(all, { ...none, locality: 'us/east/a' })), [
      'us/east/a 0 1',
      'us/east/b 1 1',
      'us/west/a 2 1',
      'eu/north/a 3 1',
      'ap/south/a 3 1',
    ]);
  });

  it('leaves no gaps between priorities', () => {
    const groups = groupByLocality([instance('eu/north/a'), instance('us/west/a')], { ...none, locality: 'us/east/a' });
    assert.deepEqual(show(groups), ['us/west/a 0 1', 'eu/north/a 1 1']);
  });

  it('ranks nothing for a proxy of no known locality, or without outlier detection', () => {
    for (const options of [
      { ...none, locality: '' },
      { ...none, hasOutlierDetection: false, locality: 'us/east/a' },
    ]) {
      assert.deepEqual([...new Set(groupByLocality(all, options).map(({ priority }) => priority))], [0]);
    }
  });

  it('fails over to the named region before others', () => {
    const setting = { distribute: [], failover: [{ from: 'us', to: 'ap' }] };
    assert.deepEqual(show(groupByLocality(all, { setting, hasOutlierDetection: true, locality: 'us/east/a' })), [
      'us/east/a 0 1',
      'us/east/b 1 1',
      'us/west/a 2 1',
      'ap/south/a 3 1',
      'eu/north/a 4 1',
    ]);
  });

  it('does not apply a failover of another region', () => {
    const setting = { distribute: [], failover: [{ from: 'eu', to: 'ap' }] };
    const groups = groupByLocality(all, { setting, hasOutlierDetection: true, locality: 'us/east/a' });
    assert.deepEqual(
      groups.map(({ priority }) => priority),
      [0, 1, 2, 3, 3],
    );
  });

  describe('with shares', () => {
    const distribute = (from: string, to: Record<string, number>) => ({
      locality: 'us/east/a',
      hasOutlierDetection: false,
      setting: { failover: [], distribute: [{ from, to: new Map(Object.entries(to)) }] },
    });

    it('weighs localities and empties those without a share', () => {
      assert.deepEqual(show(groupByLocality(all, distribute('us/east/a', { 'us/east/a': 80, eu: 20 }))), [
        'us/east/a 0 80',
        'eu/north/a 0 20',
      ]);
    });

    it('splits a share by weight and rounds up', () => {
      const instances = [instance('us/east/a', 2), instance('us/east/b', 1), instance('eu/north/a')];
      const groups = groupByLocality(instances, distribute('us/*', { 'us/east/*': 50, 'eu/north': 50 }));
      assert.deepEqual(show(groups), ['us/east/a 0 34', 'us/east/b 0 17', 'eu/north/a 0 50']);
    });

    it('takes the first entry that the proxy is in', () => {
      const options = distribute('us/west', { eu: 100 });
      const more = { from: '*', to: new Map([['ap', 100]]) };
      const setting = { failover: [], distribute: [...options.setting.distribute, more] };
      assert.deepEqual(show(groupByLocality(all, { ...options, setting })), ['ap/south/a 0 100']);
    });

    it('leaves all as it is where no entry is for the proxy', () => {
      assert.equal(groupByLocality(all, distribute('eu', { ap: 100 })).length, 5);
    });
  });
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Adapter, apiVersion, defineAdapter, type Duration, type MetricsSource, s } from 'fairlead/sdk';
import { checknothing, metric, quota } from 'fairlead/templates';
import { adapterRules, adapterSuite, type AdapterSuiteOptions } from 'fairlead/testing';

const readme = new URL('../../../src/adapters/denier/README.md', import.meta.url);

/** Ids of the rules that an adapter breaks. */
async function brokenRules(
  adapter: Adapter,
  {
    only = [],
    ...options
  }: Partial<AdapterSuiteOptions<unknown, Adapter['templates'][number]>> & { only?: string[] } = {},
): Promise<readonly string[]> {
  const bodies: (readonly [string, () => void | Promise<void>])[] = [];
  adapterSuite({ adapter, patienceMillis: 200, ...options, test: (title, body) => void bodies.push([title, body]) });
  const broken: string[] = [];
  for (const [title, body] of bodies) {
    if (only.length > 0 && !only.includes(title.slice(0, 4))) continue;
    try {
      await body();
    } catch {
      broken.push(title.slice(0, 4));
    }
  }
  return broken;
}

type Check = (instance: object) => object | Promise<object>;

/** An adapter with one check, sound but for what a test makes of it. */
function toy(check: Check, more: object = {}): Adapter {
  const adapter = defineAdapter({
    name: 'toy',
    description: 'For tests.',
    templates: [checknothing],
    config: s.message({ size: s.int32(0) }),
    build: () => ({ handleCheckNothing: check }),
  });
  return Object.freeze({ ...adapter, ...more });
}

const sound: Check = () => ({});

describe('adapterSuite()', () => {
  test('finds nothing wrong with a sound adapter', async () => {
    assert.deepEqual(await brokenRules(toy(sound)), []);
  });

  test('titles each test with the id of its rule', () => {
    const ids = adapterRules.map(({ id }) => id);
    assert.deepEqual(
      ids,
      ids.map((_, index) => `A-${String(index + 1).padStart(2, '0')}`),
    );
  });

  const broken: readonly (readonly [what: string, adapter: Adapter, rules: readonly string[]])[] = [
    ['an upper case name', toy(sound, { name: 'Toy' }), ['A-01']],
    ['an api version from the future', toy(sound, { apiVersion: apiVersion + 1 }), ['A-01']],
    [
      'a missing method',
      toy(sound, { build: () => ({}) }),
      ['A-02', 'A-08', 'A-09', 'A-10', 'A-12', 'A-13', 'A-14', 'A-15', 'A-16', 'A-17'],
    ],
    [
      'a configuration that takes anything',
      toy(sound, { config: { kind: 'message', fields: { noSuchField: s.any() }, oneofs: [] } }),
      ['A-06'],
    ],
    ['a validate that throws', toy(sound, { validate: () => assert.fail() }), 'all'.split(' ')],
    ['an answer that is none', toy(() => 7 as unknown as object), 'calls'.split(' ')],
    [
      'a negative validity',
      toy(() => ({ validDuration: { toNanos: () => -1n } as unknown as Duration })),
      'calls'.split(' '),
    ],
  ];
  const calls = ['A-08', 'A-09', 'A-10', 'A-12', 'A-13', 'A-14', 'A-15', 'A-16', 'A-17'];
  for (const [what, adapter, rules] of broken) {
    test(`finds ${what}`, async () => {
      const found = await brokenRules(adapter);
      if (rules[0] === 'calls') assert.deepEqual(found, calls);
      else if (rules[0] === 'all') assert.ok(found.includes('A-07') && found.includes('A-08'));
      else assert.deepEqual(found, rules);
    });
  }

  test('finds a bad configuration that is accepted, or refused under another name', async () => {
    const adapter = toy(sound);
    assert.deepEqual(await brokenRules(adapter, { configs: { bad: [{ params: 'size: 1', path: 'size' }] } }), ['A-05']);
    assert.deepEqual(await brokenRules(adapter, { configs: { bad: [{ params: 'size: a', path: 'width' }] } }), [
      'A-05',
    ]);
    assert.deepEqual(await brokenRules(adapter, { configs: { bad: [{ params: 'size: a', path: 'size' }] } }), []);
  });

  test('finds a good configuration that is refused', async () => {
    const found = await brokenRules(toy(sound), { configs: { good: ['{}', 'size: a'] } });
    assert.deepEqual(found, ['A-04']);
  });

  test('finds a changed instance, bytes included', async () => {
    const change = (handleMetric: (instances: readonly { dimensions: Record<string, unknown> }[]) => void): Adapter =>
      toy(sound, { templates: [metric], build: () => ({ handleMetric }) });
    const bytes = change(([first]) => {
      const address = first?.dimensions['address'] as Uint8Array;
      address[0]! ^= 1;
    });
    assert.ok((await brokenRules(bytes)).includes('A-09'));
    const added = change(([first]) => {
      first!.dimensions['seen'] = true;
    });
    assert.ok((await brokenRules(added)).includes('A-09'));
  });

  test('finds a quota that grants more than is asked for', async () => {
    const handleQuota = () => ({ amount: 2n });
    const generous = toy(sound, { templates: [quota], build: () => ({ handleQuota }) });
    assert.ok((await brokenRules(generous)).includes('A-08'));
  });

  test('finds state that handlers share', async () => {
    let calls = 0;
    assert.deepEqual(await brokenRules(toy(() => ({ validUseCount: (calls += 1) }))), ['A-13']);
  });

  test('finds a pollution of all objects', async () => {
    const handleMetric = ([first]: readonly { dimensions: Record<string, unknown> }[]) => {
      const copy: Record<string, Record<string, unknown>> = {};
      for (const name of Object.keys(first!.dimensions)) (copy[name] ??= {})['seen'] = true;
    };
    const careless = toy(sound, { templates: [metric], build: () => ({ handleMetric }) });
    try {
      assert.deepEqual(await brokenRules(careless), ['A-12']);
    } finally {
      delete (Object.prototype as Record<string, unknown>)['seen'];
    }
  });

  test('finds a call that does not end when it is aborted', async () => {
    const stuck = toy(() => new Promise<object>(() => undefined));
    assert.deepEqual(await brokenRules(stuck, { only: ['A-08', 'A-11', 'A-12'] }), ['A-08', 'A-11', 'A-12']);
  });

  test('finds a build or a close that does not end', async () => {
    const build = () => new Promise<object>(() => undefined);
    assert.deepEqual(await brokenRules(toy(sound, { build }), { only: ['A-02'] }), ['A-02']);
    const endless = () => ({ handleCheckNothing: sound, close: build });
    assert.deepEqual(await brokenRules(toy(sound, { build: endless }), { only: ['A-15'] }), ['A-15']);
  });

  test('finds a timer that is left behind', async () => {
    const timers: NodeJS.Timeout[] = [];
    const build = () => {
      timers.push(setInterval(() => undefined, 100_000));
      return { handleCheckNothing: sound };
    };
    try {
      assert.deepEqual(await brokenRules(toy(sound, { build })), ['A-16']);
    } finally {
      timers.forEach(clearInterval);
    }
  });

  test('finds a metrics source that is not released', async () => {
    const source: MetricsSource = { exposition: () => '' };
    const build = ({ env }: { env: { expose(key: string, create: () => MetricsSource): unknown } }) => {
      env.expose('key', () => source);
      return { handleCheckNothing: sound };
    };
    assert.deepEqual(await brokenRules(toy(sound, { build })), ['A-16']);
  });

  test('finds a second close that fails', async () => {
    const build = () => {
      let open = true;
      const close = (): void => {
        assert.ok(open);
        open = false;
      };
      return { handleCheckNothing: sound, close };
    };
    assert.deepEqual(await brokenRules(toy(sound, { build })), ['A-15']);
  });

  test('finds a failure in the background', async () => {
    const build = ({ env }: { env: { schedule: { every(millis: number, work: () => void): unknown } } }) => {
      env.schedule.every(60_000, () => assert.fail());
      return { handleCheckNothing: sound };
    };
    assert.deepEqual(await brokenRules(toy(sound, { build })), ['A-17']);
  });

  test("finds another adapter's README", async () => {
    assert.deepEqual(await brokenRules(toy(sound), { readme }), ['A-18', 'A-19']);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Value } from '../../../src/attributes/index.js';
import { Engine } from '../../../src/runtime/dispatch/engine.js';
import { TableReporter } from '../../../src/runtime/dispatch/reporter.js';
import { MixerError } from '../../../src/util/errors.js';
import {
  bagOf,
  constant,
  createTestHost,
  generatorTemplate,
  handler,
  instance,
  pathIs,
  read,
  reportTemplate,
  slots,
  type StepSpec,
  tableOf,
} from '../../support/dispatch-fixture.js';

type Batch = readonly { readonly name: string; readonly value: unknown }[];

function sink(name: string, receive: (batch: Batch) => unknown, rest: Partial<StepSpec> = {}): StepSpec {
  return { handler: handler(name, { handleMetric: receive }), template: reportTemplate, ...rest };
}

function setUp(steps: readonly StepSpec[], namespaces: Record<string, { steps: readonly StepSpec[] }> = {}) {
  const test = createTestHost();
  const reporter = new TableReporter(new Engine(tableOf({ steps }, namespaces), test.host));
  return { ...test, reporter, add: (values: Record<string, Value> = {}) => reporter.add(bagOf(values)) };
}

const podGenerator = (generate: () => unknown): StepSpec => ({
  handler: handler('generator', { generateKubernetesAttributes: generate }),
  template: generatorTemplate,
  instances: [
    instance('g', constant('v'), {
      outputs: [['pod', slots.outPod]],
      bindings: [{ slot: slots.pod, attribute: 'source.pod', evaluate: read(slots.outPod) }],
    }),
  ],
});

const errorOf = (work: () => unknown): MixerError => {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof MixerError);
    return error;
  }
  return assert.fail('nothing was thrown');
};

describe('TableReporter', () => {
  it('delivers the instances of all sets at once, in order', () => {
    const batches: Batch[] = [];
    const { reporter, add } = setUp([
      sink('a', (batch) => void batches.push(batch), { instances: [instance('i', read(slots.path))] }),
    ]);
    assert.equal(add({ 'request.path': '/1' }), undefined);
    assert.equal(add({ 'request.path': '/2' }), undefined);
    assert.equal(batches.length, 0);
    assert.equal(reporter.flush(), undefined);
    assert.deepEqual(
      batches.map((batch) => batch.map(({ value }) => value)),
      [['/1', '/2']],
    );
  });

  it('calls each handler that has something, in the order of the table, and no other', () => {
    const called: string[] = [];
    const only = (name: string, path: string) => sink(name, () => void called.push(name), { when: pathIs(path) });
    const { reporter, add } = setUp([only('a', '/2'), only('b', '/1'), only('c', '/3')]);
    void add({ 'request.path': '/1' });
    void add({ 'request.path': '/2' });
    void reporter.flush();
    assert.deepEqual(called, ['a', 'b']);
  });

  it('joins steps of the same destination into one call', () => {
    const batches: Batch[] = [];
    const one = handler('a', { handleMetric: (batch: Batch) => void batches.push(batch) });
    const { reporter, add } = setUp([
      { handler: one, template: reportTemplate, instances: [instance('i1')] },
      { handler: one, template: reportTemplate, instances: [instance('i2'), instance('i3')] },
    ]);
    void add();
    void reporter.flush();
    assert.deepEqual(
      batches.map((batch) => batch.map(({ name }) => name)),
      [['i1', 'i2', 'i3']],
    );
  });

  it('gives each flush an array of its own, which the adapter may keep', () => {
    const batches: Batch[] = [];
    const { reporter, add } = setUp([sink('a', (batch) => void batches.push(batch))]);
    void add();
    void reporter.flush();
    void add();
    void reporter.flush();
    assert.deepEqual(
      batches.map((batch) => batch.length),
      [1, 1],
    );
    assert.notEqual(batches[0], batches[1]);
  });

  it('calls all handlers before it waits for one', async () => {
    const called: string[] = [];
    const { reporter, add } = setUp(
      ['a', 'b'].map((name) =>
        sink(name, () => {
          called.push(name);
          return Promise.resolve();
        }),
      ),
    );
    void add();
    const flushed = reporter.flush();
    assert.deepEqual(called, ['a', 'b']);
    assert.ok(flushed instanceof Promise);
    await flushed;
  });

  it('delivers what could be built and joins all that failed', () => {
    const batches: Batch[] = [];
    const { reporter, add } = setUp([
      sink('a', (batch) => void batches.push(batch), {
        instances: [instance('bad', read(slots.user)), instance('good')],
      }),
      sink('b', () => {
        throw new Error('boom');
      }),
    ]);
    void add();
    void add({ 'source.user': 'u' });
    const error = errorOf(() => reporter.flush());
    assert.equal(error.code, 'DISPATCH_FAILED');
    assert.equal(
      error.rawMessage,
      "2 errors occurred:\n\t* instance 'bad' could not be built: Value: lookup failed: 'source.user'\n\t* b: boom\n\n",
    );
    assert.deepEqual(
      batches.map((batch) => batch.map(({ name }) => name)),
      [['good', 'bad', 'good']],
    );
  });

  it('rejects with all that failed when a handler answers later', async () => {
    const { reporter, add, time } = setUp([
      sink('a', () => Promise.reject(new Error('boom'))),
      sink('b', () => new Promise(() => undefined)),
      sink('c', () => {
        throw new Error('bang');
      }),
    ]);
    void add();
    const flushed = assert.rejects(
      async () => reporter.flush(),
      /3 errors occurred:\n\t\* a: boom\n\t\* b: no answer[^\n]*\n\t\* c: bang/,
    );
    await time.advance(1000);
    await flushed;
  });

  it('shows generated attributes to the set they were generated for, and to no other', () => {
    const values: unknown[] = [];
    let sets = 0;
    const { reporter } = setUp([
      podGenerator(() => ({ pod: `p${++sets}` })),
      sink('a', (batch) => void values.push(...batch.map(({ value }) => value)), {
        instances: [instance('i', read(slots.pod))],
      }),
    ]);
    const bag = bagOf();
    assert.equal(reporter.add(bag), undefined);
    assert.equal(bag.string(slots.pod), undefined);
    void reporter.add(bag);
    void reporter.flush();
    assert.deepEqual(values, ['p1', 'p2']);
  });

  it('lets a generated namespace choose the rules of the set', () => {
    const seen: string[] = [];
    const generator: StepSpec = {
      ...podGenerator(() => ({ pod: 'shop' })),
      instances: [
        instance('g', constant('v'), {
          outputs: [['pod', slots.outPod]],
          bindings: [
            { slot: slots.destinationNamespace, attribute: 'destination.namespace', evaluate: read(slots.outPod) },
          ],
        }),
      ],
    };
    const { reporter, add } = setUp([generator], { shop: { steps: [sink('shop', () => void seen.push('shop'))] } });
    void add();
    void reporter.flush();
    assert.deepEqual(seen, ['shop']);
  });

  it('waits for generators that answer later', async () => {
    const values: unknown[] = [];
    const { reporter, add } = setUp([
      podGenerator(() => Promise.resolve({ pod: 'p' })),
      sink('a', (batch) => void values.push(...batch.map(({ value }) => value)), {
        instances: [instance('i', read(slots.pod))],
      }),
    ]);
    const added = add();
    assert.ok(added instanceof Promise);
    await added;
    void reporter.flush();
    assert.deepEqual(values, ['p']);
  });

  for (const [what, generate] of [
    [
      'at once',
      () => {
        throw new Error('boom');
      },
    ],
    ['later', () => Promise.reject(new Error('boom'))],
  ] as const) {
    it(`does not report a set whose generator fails ${what}, and tells of it at the end`, async () => {
      let fail = true;
      const batches: Batch[] = [];
      const { reporter, add } = setUp([
        podGenerator(() => (fail ? generate() : { pod: 'p' })),
        sink('a', (batch) => void batches.push(batch)),
      ]);
      await add();
      fail = false;
      await add();
      assert.match(
        errorOf(() => reporter.flush()).rawMessage,
        /^1 error.*\n\t\* preprocessing attributes failed: [^]*boom/,
      );
      assert.deepEqual(
        batches.map((batch) => batch.length),
        [1],
      );
    });
  }

  it('does not wait again and again for a generator that hangs', async () => {
    let calls = 0;
    const { reporter, add, time } = setUp([
      podGenerator(() => {
        calls += 1;
        return new Promise(() => undefined);
      }),
      sink('a', () => assert.fail('called')),
    ]);
    for (let set = 0; set < 3; set++) {
      const added = add();
      assert.ok(added instanceof Promise);
      await time.advance(1000);
      await added;
    }
    for (let set = 3; set < 100; set++) assert.equal(add(), undefined);
    assert.equal(calls, 3);
    const { rawMessage } = errorOf(() => reporter.flush());
    assert.match(rawMessage, /^100 errors/);
    assert.match(rawMessage, /generator: no answer within 1000 ms/);
    assert.match(rawMessage, /generator: not asked again after 3 calls without an answer/);
  });

  it('has nothing to do for a set that no rule matches', () => {
    const { reporter, add, host } = setUp([sink('a', () => assert.fail('called'), { when: constant(false) })]);
    void add();
    assert.equal(reporter.flush(), undefined);
    assert.equal(host.stats.destinationsPerRequest.sum, 0);
    assert.equal(host.stats.destinationsPerRequest.count, 1);
  });

  it('forgets what it has told', () => {
    const { reporter, add } = setUp([sink('a', () => undefined, { instances: [instance('bad', read(slots.user))] })]);
    void add();
    assert.throws(() => reporter.flush());
    assert.equal(reporter.flush(), undefined);
  });
});

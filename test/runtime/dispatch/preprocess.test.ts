import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EvalError, type Value } from '../../../src/attributes/index.js';
import { Engine } from '../../../src/runtime/dispatch/engine.js';
import { preprocess } from '../../../src/runtime/dispatch/preprocess.js';
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
  slots,
  type StepSpec,
  tableOf,
} from '../../support/dispatch-fixture.js';

/** Binds `source.pod` to an expression that may read the output `pod`. */
const bindPod = (evaluate = read(slots.outPod)) => ({
  outputs: [['pod', slots.outPod]] as const,
  bindings: [{ slot: slots.pod, attribute: 'source.pod', evaluate }],
});

function generator(name: string, generate: () => unknown, rest: Partial<StepSpec> = {}): StepSpec {
  return {
    handler: handler(name, { generateKubernetesAttributes: generate }),
    template: generatorTemplate,
    instances: [instance(`${name}.kubernetes.default`, constant('v'), bindPod())],
    ...rest,
  };
}

function run(steps: readonly StepSpec[], values: Record<string, Value> = {}) {
  const test = createTestHost();
  const engine = new Engine(tableOf({ steps }), test.host);
  const bag = bagOf(values);
  return { ...test, bag, run: () => preprocess(engine, bag, engine.table.fallback) };
}

const failure = (code: string, text: RegExp) => (error: unknown) => {
  assert.ok(error instanceof MixerError);
  assert.equal(error.code, code);
  assert.match(error.rawMessage, text);
  return true;
};

describe('preprocess()', () => {
  it('lays bound outputs over the request, at once when the generators answer at once', () => {
    const test = run([generator('g', () => ({ pod: 'p1' }))]);
    assert.deepEqual(test.run(), [slots.pod]);
    assert.equal(test.bag.string(slots.pod), 'p1');
  });

  it('takes the outputs themselves away again', () => {
    const test = run([generator('g', () => ({ pod: 'p1' }))]);
    void test.run();
    assert.equal(test.bag.string(slots.outPod), undefined);
  });

  it('does not record reads of generated attributes', () => {
    const test = run([generator('g', () => ({ pod: 'p1' }))]);
    void test.run();
    test.bag.string(slots.pod);
    assert.deepEqual(test.bag.captureReferences().list(), []);
  });

  it("keeps the request's own attribute", () => {
    const test = run([generator('g', () => ({ pod: 'p1' }))], { 'source.pod': 'sent' });
    assert.deepEqual(test.run(), []);
    assert.equal(test.bag.string(slots.pod), 'sent');
  });

  it('lets the first step win where two generate the same attribute, whoever answers first', async () => {
    let answer = (_value: unknown): void => undefined;
    const test = run([
      generator(
        'a',
        () =>
          new Promise((resolve) => {
            answer = resolve;
          }),
      ),
      generator('b', () => ({ pod: 'from b' })),
    ]);
    const done = test.run();
    answer({ pod: 'from a' });
    await done;
    assert.equal(test.bag.string(slots.pod), 'from a');
  });

  it('does not let a generator see what another one generated', async () => {
    const seesPod = instance('i', constant('v'), {
      outputs: [],
      bindings: [
        {
          slot: slots.user,
          attribute: 'source.user',
          evaluate: (bag) => (bag.string(slots.pod) === undefined ? 'unseen' : 'seen'),
        },
      ],
    });
    const test = run([
      generator('a', () => Promise.resolve({ pod: 'p1' })),
      generator('b', () => Promise.resolve({ pod: 'p2' }), { instances: [seesPod] }),
    ]);
    await test.run();
    assert.equal(test.bag.string(slots.user), 'unseen');
  });

  it('does not show one generator the outputs of another', () => {
    const ownOutputs = instance('i', constant('v'), {
      outputs: [['pod', slots.outPod]],
      bindings: [{ slot: slots.user, attribute: 'source.user', evaluate: (bag) => bag.string(slots.outPod) ?? 'none' }],
    });
    const test = run([generator('a', () => ({ pod: 'p1' })), generator('b', () => ({}), { instances: [ownOutputs] })]);
    void test.run();
    assert.equal(test.bag.string(slots.user), 'none');
  });

  it('lets bindings mix outputs and attributes of the request', () => {
    const mixed = bindPod((bag) =>
      [bag.string(slots.outPod), bag.string(slots.path)].filter((one) => typeof one === 'string').join(''),
    );
    const test = run([generator('g', () => ({ pod: 'p1' }), { instances: [instance('i', constant('v'), mixed)] })], {
      'request.path': '/a',
    });
    void test.run();
    assert.equal(test.bag.string(slots.pod), 'p1/a');
    assert.deepEqual(
      test.bag
        .captureReferences()
        .list()
        .map(({ name }) => name),
      ['request.path'],
    );
  });

  it('runs only generators whose rule matches', () => {
    const test = run([generator('g', () => ({ pod: 'p1' }), { when: pathIs('/a') })], { 'request.path': '/b' });
    assert.deepEqual(test.run(), []);
  });

  it('stores an IPv4 address in IPv6 form as four bytes', () => {
    const bindIp = instance('i', constant('v'), {
      outputs: [['ip', slots.outIp]],
      bindings: [
        {
          slot: slots.ip,
          attribute: 'source.ip',
          evaluate: (bag) => bag.ip(slots.outIp) ?? new EvalError('LOOKUP_FAILED', '', ''),
        },
      ],
    });
    const mapped = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 1, 2, 3);
    const test = run([generator('g', () => ({ ip: mapped }), { instances: [bindIp] })]);
    void test.run();
    assert.deepEqual(test.bag.ip(slots.ip), Uint8Array.of(10, 1, 2, 3));
    const other = Uint8Array.from({ length: 16 }, () => 1);
    const second = run([generator('g', () => ({ ip: other }), { instances: [bindIp] })]);
    void second.run();
    assert.deepEqual(second.bag.ip(slots.ip), other);
  });

  it('calls all generators before it waits for one', async () => {
    const called: string[] = [];
    const test = run(
      ['a', 'b', 'c'].map((name) =>
        generator(
          name,
          () => {
            called.push(name);
            return Promise.resolve({});
          },
          { instances: [instance(name)] },
        ),
      ),
    );
    const done = test.run();
    assert.deepEqual(called, ['a', 'b', 'c']);
    await done;
  });

  for (const [what, steps, text] of [
    [
      'a handler fails',
      [
        generator('g.default', () => {
          throw new Error('boom');
        }),
      ],
      /\* g\.default: boom\n/,
    ],
    [
      'an instance cannot be built',
      [generator('g', () => ({}), { instances: [instance('i', read(slots.path), bindPod())] })],
      /instance 'i' could not be built/,
    ],
    ['a binding fails', [generator('g', () => ({}))], /binding of 'source\.pod': lookup failed/],
    ['an output has the wrong type', [generator('g', () => ({ pod: 7 }))], /output field 'pod' is no string/],
  ] as const) {
    it(`throws and changes nothing when ${what}`, () => {
      const test = run([...steps, generator('ok', () => ({ pod: 'p' }))]);
      assert.throws(test.run, failure('PREPROCESS_FAILED', /^preprocessing attributes failed: 1 error occurred:/));
      assert.throws(test.run, failure('PREPROCESS_FAILED', text));
      assert.equal(test.bag.string(slots.pod), undefined);
      assert.equal(test.bag.string(slots.outPod), undefined);
    });
  }

  it('rejects when an asynchronous generator fails', async () => {
    const test = run([generator('g', () => Promise.reject(new Error('boom')))]);
    await assert.rejects(async () => test.run(), failure('PREPROCESS_FAILED', /boom/));
  });
});

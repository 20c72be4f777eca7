import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Value } from '../../../src/attributes/index.js';
import { Dispatcher } from '../../../src/runtime/dispatch/dispatcher.js';
import type { CheckDecision } from '../../../src/runtime/decision.js';
import { Duration } from '../../../src/sdk/index.js';
import { MixerError } from '../../../src/util/errors.js';
import {
  bagOf,
  checkTemplate,
  constant,
  createTestHost,
  generatorTemplate,
  handler,
  instance,
  pathIs,
  quotaTemplate,
  read,
  type RoutesSpec,
  slots,
  type StepSpec,
  tableOf,
} from '../../support/dispatch-fixture.js';

const request = { quotas: [], deduplicationId: '' };
const quotas = { quotas: [{ name: 'q', amount: 5n, bestEffort: false }], deduplicationId: 'd' };
const referenced = (decision: Pick<CheckDecision, 'references'>) =>
  decision.references.list().map(({ name, condition }) => `${condition === 'ABSENCE' ? '-' : ''}${name}`);

const checker = (name: string, method: () => unknown, rest: Partial<StepSpec> = {}): StepSpec => ({
  handler: handler(name, { handleListEntry: method }),
  template: checkTemplate,
  ...rest,
});
const denier = (name: string, rest: Partial<StepSpec> = {}) =>
  checker(
    name,
    () => ({ status: { code: 7, message: 'no' }, validDuration: new Duration(5, 0), validUseCount: 9 }),
    rest,
  );
const keeper = (method: () => unknown, rest: Partial<StepSpec> = {}): StepSpec => ({
  handler: handler('keeper', { handleQuota: method }),
  template: quotaTemplate,
  instances: [instance('q.quota.default', read(slots.user))],
  ...rest,
});
/** Generates `destination.namespace`. */
const generator = (generate: () => unknown): StepSpec => ({
  handler: handler('generator', { generateKubernetesAttributes: generate }),
  template: generatorTemplate,
  instances: [
    instance('g', constant('v'), {
      outputs: [['pod', slots.outPod]],
      bindings: [
        { slot: slots.destinationNamespace, attribute: 'destination.namespace', evaluate: read(slots.outPod) },
      ],
    }),
  ],
});

function setUp(spec: RoutesSpec, namespaces: Record<string, RoutesSpec> = {}) {
  const test = createTestHost();
  const dispatcher = new Dispatcher(tableOf(spec, namespaces), test.host);
  return {
    ...test,
    dispatcher,
    check: (values: Record<string, Value> = {}, what: Parameters<Dispatcher['check']>[1] = request) =>
      dispatcher.check(bagOf(values), what),
  };
}

function atOnce<T>(value: T | Promise<T>): T {
  assert.ok(!(value instanceof Promise), 'answered later');
  return value;
}

describe('Dispatcher.check()', () => {
  it('allows for a minute what no rule is about', () => {
    const { references, ...decision } = atOnce(setUp({ steps: [] }).check());
    assert.deepEqual(decision, {
      status: { code: 0, message: '' },
      validDuration: new Duration(60, 0),
      validUseCount: 10_000,
      directive: undefined,
      quotas: [],
    });
    assert.deepEqual(referenced({ references }), ['-context.reporter.kind', '-destination.namespace']);
  });

  it('refers to all that matches and instances read, denied or not', () => {
    const steps = [
      denier('a', { when: pathIs('/a') }),
      checker('b', () => ({}), { instances: [instance('i', read(slots.user))] }),
    ];
    const all = ['-context.reporter.kind', '-destination.namespace', 'request.path', 'source.user'];
    for (const path of ['/a', '/b']) {
      assert.deepEqual(referenced(atOnce(setUp({ steps }).check({ 'request.path': path, 'source.user': 'u' }))), all);
    }
  });

  it("runs the rules of the request's namespace", () => {
    const { check } = setUp({ steps: [] }, { shop: { steps: [denier('a')] } });
    assert.equal(atOnce(check({ 'destination.namespace': 'shop' })).status.code, 7);
    assert.equal(atOnce(check({ 'destination.namespace': 'other' })).status.code, 0);
  });

  it('asks for quotas only when the checks are OK', () => {
    let asked = 0;
    const quota = keeper(() => {
      asked++;
      return { amount: 3n };
    });
    const values = { 'source.user': 'u' };
    assert.deepEqual(atOnce(setUp({ steps: [quota, denier('a')] }).check(values, quotas)).quotas, []);
    assert.equal(asked, 0);
    const decision = atOnce(setUp({ steps: [quota] }).check(values, quotas));
    assert.equal(decision.quotas[0]?.grantedAmount, 3n);
  });

  it('keeps the references of checks and quotas apart', () => {
    const { check } = setUp({
      steps: [
        checker('a', () => ({}), { instances: [instance('i', read(slots.path))] }),
        keeper(() => ({ amount: 1n })),
      ],
    });
    const decision = atOnce(check({ 'request.path': '/', 'source.user': 'u' }, quotas));
    const base = ['-context.reporter.kind', '-destination.namespace'];
    assert.deepEqual(referenced(decision), [...base, 'request.path']);
    assert.deepEqual(decision.quotas.map(referenced), [[...base, 'source.user']]);
  });

  it('answers later when a check, a quota or a generator does', async () => {
    const values = { 'source.user': 'u' };
    const later = [
      setUp({ steps: [checker('a', () => Promise.resolve({}))] }).check(values, quotas),
      setUp({ steps: [keeper(() => Promise.resolve({ amount: 2n }))] }).check(values, quotas),
      setUp({ steps: [generator(() => Promise.resolve({ pod: 'shop' }))] }).check(values, quotas),
    ];
    assert.ok(later.every((one) => one instanceof Promise));
    const decisions = await Promise.all(later);
    assert.deepEqual(
      decisions.map((decision) => decision.quotas[0]?.grantedAmount),
      [5n, 2n, 5n],
    );
  });

  for (const generate of [() => ({ pod: 'shop' }), () => Promise.resolve({ pod: 'shop' })]) {
    it('lets a generated namespace choose the rules', async () => {
      const { check } = setUp({ steps: [generator(generate)] }, { shop: { steps: [denier('a')] } });
      const decision = await check();
      assert.equal(decision.status.code, 7);
      assert.deepEqual(referenced(decision), ['-context.reporter.kind', '-destination.namespace']);
    });
  }

  it('fails when a generator fails, and calls no check', () => {
    const { check } = setUp({
      steps: [
        generator(() => {
          throw new Error('boom');
        }),
        checker('a', () => assert.fail('called')),
      ],
    });
    assert.throws(
      () => check(),
      (error) => error instanceof MixerError && error.code === 'PREPROCESS_FAILED',
    );
  });

  it('fails when a check fails, and asks for no quota', async () => {
    const fail = (method: () => unknown) =>
      setUp({ steps: [checker('a', method), keeper(() => assert.fail('asked'))] }).check({}, quotas);
    const dispatchFailed = (error: unknown) => error instanceof MixerError && error.code === 'DISPATCH_FAILED';
    assert.throws(
      () =>
        fail(() => {
          throw new Error('boom');
        }),
      dispatchFailed,
    );
    await assert.rejects(async () => fail(() => Promise.reject(new Error('boom'))), dispatchFailed);
  });

  it('keeps requests apart that run at the same time', async () => {
    const answers: ((value: unknown) => void)[] = [];
    const { check } = setUp({
      steps: [
        checker('a', () => new Promise((resolve) => void answers.push(resolve)), {
          instances: [instance('i', read(slots.path))],
        }),
      ],
    });
    const first = check({ 'request.path': '/1' });
    const second = check({ 'request.path': '/2' });
    answers[1]?.({ status: { code: 7, message: 'second' } });
    answers[0]?.({});
    assert.equal((await first).status.code, 0);
    assert.equal((await second).status.message, 'a:second');
  });
});

describe('Dispatcher.reporter()', () => {
  it('is a new one for each Report', () => {
    const { dispatcher } = setUp({ steps: [] });
    assert.notEqual(dispatcher.reporter(), dispatcher.reporter());
  });
});

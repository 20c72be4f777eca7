import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Value } from '../../../src/attributes/index.js';
import { runChecks } from '../../../src/runtime/dispatch/check.js';
import { Engine } from '../../../src/runtime/dispatch/engine.js';
import { Duration } from '../../../src/sdk/index.js';
import { MixerError } from '../../../src/util/errors.js';
import {
  bagOf,
  checkTemplate,
  constant,
  createTestHost,
  handler,
  header,
  instance,
  outputTemplate,
  pathIs,
  read,
  type RoutesSpec,
  slots,
  type StepSpec,
  tableOf,
  noting,
} from '../../support/dispatch-fixture.js';

const deny = (message: string) => ({
  status: { code: 7, message },
  validDuration: new Duration(5, 0),
  validUseCount: 1000,
});

function checker(name: string, method: (...values: unknown[]) => unknown, rest: Partial<StepSpec> = {}): StepSpec {
  return { handler: handler(name, { handleListEntry: method }), template: checkTemplate, ...rest };
}

function run(spec: RoutesSpec, values: Record<string, Value> = {}) {
  const test = createTestHost();
  const engine = new Engine(tableOf(spec), test.host);
  const bag = bagOf(values);
  return { ...test, bag, run: () => runChecks(engine, bag, engine.table.fallback) };
}

const dispatchFailed = (text: RegExp) => (error: unknown) => {
  assert.ok(error instanceof MixerError);
  assert.equal(error.code, 'DISPATCH_FAILED');
  assert.match(error.rawMessage, /^performing check operation failed: \d+ errors? occurred:\n/);
  assert.match(error.rawMessage, text);
  return true;
};

describe('runChecks()', () => {
  it('answers at once when all adapters do', () => {
    const combined = run({ steps: [checker('a', () => deny('no'))] }).run();
    assert.ok(!(combined instanceof Promise));
    assert.deepEqual(combined.status, { code: 7, message: 'a:no' });
  });

  it('falls back on the defaults when the answers together leave no validity, at once and later', async () => {
    for (const later of [false, true]) {
      const answers = [{ validDuration: new Duration(5, 0) }, { validUseCount: 7 }];
      const [a, b] = answers.map((answer) => () => (later ? Promise.resolve(answer) : answer));
      const { validDuration, validUseCount } = await run({ steps: [checker('a', a!), checker('b', b!)] }).run();
      assert.deepEqual([validDuration, validUseCount], [new Duration(60, 0), 10_000]);
    }
  });

  it('joins messages in the order of the steps, whoever answers first', async () => {
    let first = (_value: unknown): void => undefined;
    const test = run({
      steps: [
        checker(
          'a',
          () =>
            new Promise((resolve) => {
              first = resolve;
            }),
        ),
        checker('b', () => Promise.resolve(deny('second'))),
        checker('c', () => deny('third')),
      ],
    });
    const combined = test.run();
    first({ ...deny('first'), status: { code: 16, message: 'first' } });
    assert.deepEqual((await combined).status, { code: 16, message: 'a:first, b:second, c:third' });
  });

  it('calls all handlers before it waits for one', () => {
    const called: string[] = [];
    void run({
      steps: ['a', 'b'].map((name) =>
        checker(name, () => {
          called.push(name);
          return new Promise(() => undefined);
        }),
      ),
    }).run();
    assert.deepEqual(called, ['a', 'b']);
  });

  it('calls once per instance', () => {
    const names: unknown[] = [];
    const one = checker('a', (value) => noting(names, (value as { name: string }).name, deny('no')), {
      instances: [instance('i1'), instance('i2')],
    });
    const combined = run({ steps: [one] }).run();
    assert.deepEqual(names, ['i1', 'i2']);
    assert.equal(!(combined instanceof Promise) && combined.status.message, 'a:no, a:no');
  });

  it('does not call handlers of rules that do not match or cannot be evaluated', () => {
    const steps = [checker('a', () => deny('no'), { when: pathIs('/a') })];
    for (const values of [{ 'request.path': '/b' }, {}] as Record<string, Value>[]) {
      const combined = run({ steps }, values).run();
      assert.equal(!(combined instanceof Promise) && combined.status.code, 0);
    }
  });

  for (const [what, method, text] of [
    [
      'throws',
      () => {
        throw new Error('boom');
      },
      /\* a\.default: boom\n/,
    ],
    ['answers nonsense', () => 7, /\* a\.default: the answer to a check must be an object\n/],
  ] as const) {
    it(`fails when a handler ${what}`, () => {
      const test = run({ steps: [checker('a.default', method), checker('b', () => deny('no'))] });
      assert.throws(test.run, dispatchFailed(text));
    });
  }

  it('fails when a handler rejects or does not answer in time, and tells of both', async () => {
    const test = run({
      steps: [
        checker('a', () => Promise.reject(new Error('boom'))),
        checker('b', () => new Promise(() => undefined)),
        checker('c', () => ({})),
      ],
    });
    const combined = Promise.resolve(test.run());
    const refused = assert.rejects(
      combined,
      dispatchFailed(/2 errors occurred:\n\t\* a: boom\n\t\* b: no answer within 1000 ms\n/),
    );
    await test.time.advance(1000);
    await refused;
  });

  it('tells of instances before it tells of handlers', () => {
    const fails = (): never => {
      throw new Error('boom');
    };
    const test = run({
      steps: [checker('a', fails), checker('b', () => ({}), { instances: [instance('i', read(slots.path))] })],
    });
    assert.throws(
      test.run,
      dispatchFailed(/2 errors occurred:\n\t\* instance 'i' could not be built: .*\n\t\* a: boom\n/),
    );
  });

  it('fails when an instance cannot be built, after calling the other handlers', () => {
    let called = 0;
    const test = run({
      steps: [
        checker('a', () => ({}), { instances: [instance('i', read(slots.path))] }),
        checker('b', () => {
          called++;
          return {};
        }),
      ],
    });
    assert.throws(test.run, dispatchFailed(/instance 'i' could not be built/));
    assert.equal(called, 1);
  });

  it('adds header operations to an OK answer only', () => {
    const headers = [{ request: [header('x', 'REMOVE')] }];
    const ok = run({ steps: [], headers }).run();
    assert.equal(!(ok instanceof Promise) && ok.directive?.requestHeaderOperations.length, 1);
    assert.deepEqual(!(ok instanceof Promise) && ok.validDuration, new Duration(60, 0));
    const denied = run({ steps: [checker('a', () => deny('no'))], headers }).run();
    assert.equal(!(denied instanceof Promise) && denied.directive, undefined);
  });

  it('lets header operations read what checks put out; the first to put it out wins', () => {
    const lookup = (name: string, user: string | undefined): StepSpec => ({
      handler: handler(name, { handleLookup: () => ({ result: {}, output: { user } }) }),
      template: outputTemplate,
      outputs: [['user', slots.lookedUp]],
    });
    const combined = run({
      steps: [lookup('a', undefined), lookup('b', 'from b'), lookup('c', 'from c')],
      headers: [{ request: [header('x', 'REPLACE', read(slots.lookedUp))] }],
    }).run();
    assert.deepEqual(!(combined instanceof Promise) && combined.directive?.requestHeaderOperations, [
      { name: 'x', value: 'from b', operation: 'REPLACE' },
    ]);
  });

  it('combines the result of a check with output like any other', () => {
    const combined = run({
      steps: [
        {
          handler: handler('a', { handleLookup: () => ({ result: deny('no'), output: {} }) }),
          template: outputTemplate,
        },
      ],
    }).run();
    assert.equal(!(combined instanceof Promise) && combined.status.message, 'a:no');
  });

  it('counts rule actions and instances', () => {
    const test = run({
      steps: [
        checker('a', () => ({}), { instances: [instance('1'), instance('2')] }),
        checker('b', () => ({}), { when: constant(false) }),
      ],
    });
    void test.run();
    assert.equal(test.host.stats.destinationsPerRequest.sum, 1);
    assert.equal(test.host.stats.instancesPerRequest.sum, 2);
  });
});

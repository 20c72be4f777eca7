import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Value } from '../../../src/attributes/index.js';
import type { QuotaDecision, QuotaRequest } from '../../../src/runtime/decision.js';
import { Engine } from '../../../src/runtime/dispatch/engine.js';
import { runQuotas } from '../../../src/runtime/dispatch/quota.js';
import { Duration, type QuotaArgs } from '../../../src/sdk/index.js';
import {
  bagOf,
  constant,
  createTestHost,
  handler,
  instance,
  pathIs,
  quotaTemplate,
  read,
  slots,
  type StepSpec,
  tableOf,
  noting,
} from '../../support/dispatch-fixture.js';

type Method = (instance: { name: string }, args: QuotaArgs) => unknown;

function keeper(name: string, method: Method, rest: Partial<StepSpec> = {}): StepSpec {
  return {
    handler: handler(name, { handleQuota: method }),
    template: quotaTemplate,
    instances: [instance('RequestCount.quota.default')],
    ...rest,
  };
}

const ask = (name: string, amount = 5n, bestEffort = false): QuotaRequest => ({ name, amount, bestEffort });

function run(steps: readonly StepSpec[], quotas = [ask('requestcount')], values: Record<string, Value> = {}) {
  const test = createTestHost();
  const engine = new Engine(tableOf({ steps }), test.host);
  const bag = bagOf(values);
  const request = { quotas, deduplicationId: 'id-' };
  const options = { bag, request, routes: engine.table.fallback, saved: bag.saveReferences() };
  return { ...test, bag, run: () => runQuotas(engine, options) };
}

/** What the first quota is answered, without its references. */
async function answer(steps: readonly StepSpec[], values?: Record<string, Value>) {
  const test = run(steps, undefined, values);
  const [decision] = await test.run();
  assert.ok(decision);
  const { references: _references, name: _name, ...rest } = decision;
  return { ...rest, log: test.log };
}

const ok = { code: 0, message: '' };
const minute = new Duration(60, 0);
const second = new Duration(1, 0);
const grant = (amount: bigint) => ({ amount, validDuration: second });

describe('runQuotas()', () => {
  it('grants what the handler grants, at once when it answers at once', () => {
    const decisions = run([keeper('a', () => grant(3n))]).run() as readonly QuotaDecision[];
    assert.equal(decisions.length, 1);
    assert.equal(decisions[0]?.grantedAmount, 3n);
    assert.equal(decisions[0].validDuration, second);
    assert.deepEqual(decisions[0].status, ok);
  });

  it('asks with amount, best effort, and the id of the request with the name of the quota', () => {
    const seen: unknown[] = [];
    void run(
      [keeper('a', (one, args) => noting(seen, [one.name, args], grant(1n)))],
      [ask('REQUESTCOUNT', 7n, true)],
    ).run();
    assert.deepEqual(seen, [
      ['RequestCount.quota.default', { deduplicationId: 'id-REQUESTCOUNT', amount: 7n, bestEffort: true }],
    ]);
  });

  it('asks only for instances of that name', () => {
    const asked: string[] = [];
    const steps = [
      keeper('a', (one) => noting(asked, one.name, grant(1n)), {
        instances: [
          instance('other.quota.default'),
          instance('requestcount.quota.x'),
          instance('requestcount2.quota.x'),
        ],
      }),
    ];
    void run(steps).run();
    assert.deepEqual(asked, ['requestcount.quota.x']);
  });

  it('grants everything for a minute when the rule does not match', async () => {
    const { log, ...decision } = await answer([keeper('a', () => grant(1n), { when: constant(false) })]);
    assert.deepEqual(decision, { grantedAmount: 5n, validDuration: minute, status: ok });
    assert.equal(log.lines.length, 0);
  });

  it('grants everything for a minute when the match cannot be evaluated', async () => {
    assert.equal((await answer([keeper('a', () => grant(1n), { when: pathIs('/a') })])).grantedAmount, 5n);
  });

  it('grants everything for a minute when the quota is not configured, and warns of it once', async () => {
    const test = run([], [ask('x'), ask('y')]);
    const decisions = await test.run();
    assert.deepEqual(
      decisions.map(({ name, grantedAmount, validDuration }) => [name, grantedAmount, validDuration]),
      [
        ['x', 5n, minute],
        ['y', 5n, minute],
      ],
    );
    assert.deepEqual(
      test.log.lines.map(({ level, message }) => [level, message]),
      [['warn', 'requested quota is not configured']],
    );
  });

  for (const order of ['before', 'after'] as const) {
    it(`lets a rule that does not match ${order} a real answer hide nothing of it`, async () => {
      const idle = keeper('a', () => grant(9n), { when: constant(false) });
      const real = keeper('b', () => ({ amount: 0n }));
      const steps = order === 'before' ? [idle, real] : [real, idle];
      const { grantedAmount, validDuration } = await answer(steps);
      assert.equal(grantedAmount, 0n);
      assert.deepEqual(validDuration, Duration.zero);
    });
  }

  it('asks all handlers and takes the first answer that says anything', async () => {
    const asked: string[] = [];
    const steps = (['a', 'b', 'c'] as const).map((name, at) =>
      keeper(name, () => noting(asked, name, at === 0 ? { amount: 0n } : grant(BigInt(at)))),
    );
    const { grantedAmount, log } = await answer(steps);
    assert.deepEqual(asked, ['a', 'b', 'c']);
    assert.equal(grantedAmount, 1n);
    assert.match(log.lines[0]?.message ?? '', /later answers dropped/);
  });

  it('takes the first answer in order, whoever answers first', async () => {
    let first = (_value: unknown): void => undefined;
    const test = run([
      keeper(
        'a',
        () =>
          new Promise((resolve) => {
            first = resolve;
          }),
      ),
      keeper('b', () => Promise.resolve(grant(2n))),
    ]);
    const decisions = test.run();
    first(grant(1n));
    assert.equal((await decisions)[0]?.grantedAmount, 1n);
  });

  it('names the handler in the message of a refusal', async () => {
    const refusal = { amount: 0n, status: { code: 8, message: 'exhausted' } };
    assert.deepEqual((await answer([keeper('a.default', () => refusal)])).status, {
      code: 8,
      message: 'a.default:exhausted',
    });
  });

  it('tells of every refusal, also behind an answer that was taken', async () => {
    const { grantedAmount, status } = await answer([
      keeper('a', () => grant(4n)),
      keeper('b', () => ({ amount: 0n, status: { code: 8, message: 'one' } })),
      keeper('c', () => ({ amount: 0n, status: { code: 14, message: 'two' } })),
    ]);
    assert.equal(grantedAmount, 4n);
    assert.deepEqual(status, { code: 8, message: 'b:one, c:two' });
  });

  for (const [what, step] of [
    [
      'a handler throws',
      keeper('a', () => {
        throw new Error('boom');
      }),
    ],
    ['a handler rejects', keeper('a', () => Promise.reject(new Error('boom')))],
    ['a handler answers nonsense', keeper('a', () => ({ amount: 5 }))],
    [
      'an instance cannot be built',
      keeper('a', () => grant(1n), { instances: [instance('requestcount.q.x', read(slots.path))] }),
    ],
  ] as const) {
    it(`grants nothing, with an OK status and no duration, when ${what}`, async () => {
      const { log, ...decision } = await answer([step, keeper('b', () => grant(3n))]);
      assert.deepEqual(decision, { grantedAmount: 0n, validDuration: Duration.zero, status: ok });
      assert.ok(log.lines.some(({ message }) => message === 'quota could not be asked for'));
    });
  }

  it('asks in the order of the names', () => {
    const asked: string[] = [];
    const steps = [
      keeper('a', (one) => noting(asked, one.name, grant(1n)), {
        instances: [instance('b.q.x'), instance('a.q.x')],
      }),
    ];
    const decisions = run(steps, [ask('b'), ask('a')]).run() as readonly QuotaDecision[];
    assert.deepEqual(asked, ['a.q.x', 'b.q.x']);
    assert.deepEqual(
      decisions.map(({ name }) => name),
      ['a', 'b'],
    );
  });

  it('gives each quota its own references, and those of every match that was evaluated', async () => {
    const steps = [
      keeper('a', () => grant(1n), { instances: [instance('a.q.x', read(slots.user))], when: pathIs('/a') }),
      keeper('a', () => grant(1n), { instances: [instance('b.q.x', read(slots.pod))] }),
    ];
    const test = run(steps, [ask('a'), ask('b')], { 'request.path': '/a', 'source.user': 'u', 'source.pod': 'p' });
    const decisions = await test.run();
    assert.deepEqual(
      decisions.map(({ references }) => references.list().map(({ name }) => name)),
      [
        ['request.path', 'source.user'],
        ['request.path', 'source.pod'],
      ],
    );
  });
});

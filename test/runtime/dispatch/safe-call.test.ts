import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SafeCall } from '../../../src/runtime/dispatch/safe-call.js';
import { type CallContext, Duration, type QuotaArgs } from '../../../src/sdk/index.js';
import { MixerError } from '../../../src/util/errors.js';
import {
  checkTemplate,
  createTestHost,
  destination,
  generatorTemplate,
  quotaTemplate,
  reportTemplate,
} from '../../support/dispatch-fixture.js';
import { ManualTime, settle } from '../../support/manual-time.js';

type Method = (instance: object, call: CallContext) => unknown;

function setUp(method: Method) {
  const test = createTestHost();
  const call = new SafeCall(destination({ handleListEntry: method }, checkTemplate), test.host);
  const stats = test.host.stats.calls('h.default', 'fake', 'listentry');
  return { ...test, call, stats };
}

function failed(outcome: unknown, code: string, text: RegExp): void {
  assert.ok(outcome instanceof MixerError, `no MixerError: ${String(outcome)}`);
  assert.equal(outcome.code, code);
  assert.match(outcome.rawMessage, text);
}

describe('SafeCall', () => {
  it('gives back a synchronous answer as it is, without promise or timer', () => {
    const answer = { validUseCount: 3 };
    const { call, stats, time } = setUp(() => answer);
    assert.equal(call.call({}), answer);
    assert.equal(time.pending, 0);
    assert.equal(stats.succeeded.count, 1);
  });

  it('calls the method on the handler', () => {
    const { host } = createTestHost();
    const target = destination(
      {
        handleListEntry(this: unknown) {
          return { validUseCount: this === target.handler.handler ? 1 : 0 };
        },
      },
      checkTemplate,
    );
    assert.deepEqual(new SafeCall(target, host).call({}), { validUseCount: 1 });
  });

  it('hands instance, arguments and context to a quota method', () => {
    const { host } = createTestHost();
    const seen: unknown[] = [];
    const method = (...values: unknown[]) => {
      seen.push(...values.slice(0, 2));
      return { amount: 1n };
    };
    const args: QuotaArgs = { deduplicationId: 'd', amount: 2n, bestEffort: true };
    const instance = {};
    void new SafeCall(destination({ handleQuota: method }, quotaTemplate), host).call(instance, args);
    assert.equal(seen[0], instance);
    assert.equal(seen[1], args);
  });

  it('finds the method of a generator under its own name', () => {
    const { host } = createTestHost();
    const target = destination({ generateKubernetesAttributes: () => ({ pod: 'p' }) }, generatorTemplate);
    assert.deepEqual(new SafeCall(target, host).call({}), { pod: 'p' });
  });

  it('gives back an asynchronous answer', async () => {
    const answer = { validUseCount: 3 };
    const { call, stats } = setUp(() => Promise.resolve(answer));
    assert.equal(await call.call({}), answer);
    assert.equal(stats.succeeded.count, 1);
  });

  it('takes any thenable, also one that calls back twice', async () => {
    const answer = { validUseCount: 3 };
    const { call, stats } = setUp(() => ({
      then: (resolve: (value: unknown) => void) => {
        resolve(answer);
        resolve({});
      },
    }));
    assert.equal(await call.call({}), answer);
    assert.equal(stats.succeeded.count, 1);
  });

  for (const [what, cause] of [
    ['an error', new Error('boom')],
    ['a string', 'boom'],
    ['an object without a prototype', Object.create(null)],
    ['undefined', undefined],
    [
      'a hostile object',
      {
        toString: () => {
          throw new Error('no');
        },
      },
    ],
  ] as const) {
    it(`contains ${what} that is thrown`, () => {
      const { call, stats } = setUp(() => {
        throw cause;
      });
      failed(call.call({}), 'ADAPTER_FAILED', /^h\.default: ./);
      assert.equal(stats.failed.count, 1);
      assert.equal(stats.succeeded.count, 0);
    });

    it(`contains ${what} that it is rejected with`, async () => {
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- that is the point
      const { call, stats } = setUp(() => Promise.reject(cause));
      failed(await call.call({}), 'ADAPTER_FAILED', /^h\.default: ./);
      assert.equal(stats.failed.count, 1);
    });
  }

  it('cuts an endless message', () => {
    const { call } = setUp(() => {
      throw new Error('x'.repeat(1e6));
    });
    const outcome = call.call({});
    assert.ok(outcome instanceof MixerError && outcome.rawMessage.length < 1100);
  });

  for (const [what, answer] of [
    ['undefined', undefined],
    ['null', null],
    ['a number', 7],
    ['text', 'OK'],
    ['a status without a message', { status: { code: 7 } }],
    ['NaN uses', { validUseCount: NaN }],
    ['a negative duration', { validDuration: new Duration(-1, 0) }],
  ] as const) {
    it(`refuses ${what} as an answer`, () => {
      const { call, stats } = setUp(() => answer);
      failed(call.call({}), 'ADAPTER_INVALID', /^h\.default: /);
      assert.equal(stats.failed.count, 1);
    });

    it(`refuses ${what} as a later answer`, async () => {
      const { call } = setUp(() => Promise.resolve(answer));
      failed(await call.call({}), 'ADAPTER_INVALID', /^h\.default: /);
    });
  }

  it('contains what an accessor of the answer throws', async () => {
    const hostile = {
      get status() {
        throw new Error('trap');
      },
    };
    failed(setUp(() => hostile).call.call({}), 'ADAPTER_FAILED', /trap/);
    failed(await setUp(() => Promise.resolve(hostile)).call.call({}), 'ADAPTER_FAILED', /trap/);
    const then = {
      get then() {
        throw new Error('trap');
      },
    };
    failed(setUp(() => then).call.call({}), 'ADAPTER_FAILED', /trap/);
  });

  it('gives up at the deadline and aborts the signal', async () => {
    let signal: AbortSignal | undefined;
    const { call, time, stats } = setUp((_instance, context) => {
      ({ signal } = context);
      return new Promise(() => undefined);
    });
    const outcome = call.call({});
    await time.advance(999);
    assert.ok(signal);
    assert.equal(signal.aborted, false);
    await time.advance(1);
    failed(await outcome, 'ADAPTER_TIMEOUT', /no answer within 1000 ms/);
    assert.equal(signal.aborted, true);
    assert.equal(stats.failed.count, 1);
    assert.equal(stats.failed.sum, 1);
  });

  for (const [what, settleLate] of [
    ['an answer', (resolve: (value: unknown) => void) => resolve({})],
    ['a rejection', (_: unknown, reject: (cause: Error) => void) => reject(new Error('late'))],
  ] as const) {
    it(`ignores ${what} after the deadline`, async () => {
      let finish = (): void => undefined;
      const { call, time, stats, log } = setUp(
        () =>
          new Promise((resolve, reject) => {
            finish = () => settleLate(resolve, reject);
          }),
      );
      const outcome = call.call({});
      await time.advance(1000);
      finish();
      await settle();
      failed(await outcome, 'ADAPTER_TIMEOUT', /./);
      assert.equal(stats.failed.count, 1);
      assert.equal(stats.succeeded.count, 0);
      assert.equal(log.lines.length, 1);
    });
  }

  it('leaves no timer behind when the answer comes in time', async () => {
    const { call, time } = setUp(() => Promise.resolve({}));
    await call.call({});
    await time.advance(1000);
    assert.equal(time.pending, 0);
  });

  it('shares one timer between all calls that wait', () => {
    const { call, time } = setUp(() => new Promise(() => undefined));
    for (let i = 0; i < 100; i++) void call.call({});
    assert.equal(time.pending, 1);
  });

  it('tells the deadline by the clock of the host, also when it is asked late', async () => {
    let context: CallContext | undefined;
    const { call, time } = setUp((_instance, one) => {
      context = one;
      return new Promise(() => undefined);
    });
    void call.call({});
    await time.advance(300);
    assert.equal(context?.deadline, ManualTime.epoch + 1000);
  });

  it('gives an aborted signal to who asks after the deadline', async () => {
    let context: CallContext | undefined;
    const { call, time } = setUp((_instance, one) => {
      context = one;
      return new Promise(() => undefined);
    });
    void call.call({});
    await time.advance(1000);
    assert.ok(context);
    assert.equal(context.signal.aborted, true);
    assert.equal(context.signal, context.signal);
  });

  it('names handler, adapter and template in the log, and does not flood it', async () => {
    const { call, log, time } = setUp(() => {
      throw new Error('boom');
    });
    for (let i = 0; i < 50; i++) void call.call({});
    assert.equal(log.lines.length, 1);
    const [line] = log.lines;
    assert.ok(line);
    assert.equal(line.level, 'error');
    const { stack: _stack, ...fields } = line.fields;
    assert.deepEqual(fields, {
      handler: 'h.default',
      adapter: 'fake',
      template: 'listentry',
      code: 'ADAPTER_FAILED',
      error: 'boom',
      suppressed: 0,
    });
    await time.advance(10_000);
    void call.call({});
    assert.equal(log.lines[1]?.fields['suppressed'], 49);
  });

  it('measures how long a call takes', async () => {
    const { call, time, stats } = setUp(
      () =>
        new Promise((resolve) => {
          time.after(250, () => resolve({}));
        }),
    );
    const outcome = call.call({});
    await time.advance(250);
    await outcome;
    assert.equal(stats.succeeded.sum, 0.25);
  });

  it('fails every call of a handler that lacks the method', () => {
    const { host } = createTestHost();
    failed(new SafeCall(destination({}, reportTemplate), host).call([]), 'ADAPTER_INVALID', /handleMetric/);
  });

  it('takes whatever a report answers', async () => {
    const { host } = createTestHost();
    for (const answer of [undefined, null, 7, Promise.resolve('x')]) {
      const call = new SafeCall(destination({ handleMetric: () => answer }, reportTemplate), host);
      assert.equal(await call.call([]), true);
    }
  });
});

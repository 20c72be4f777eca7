import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createHost } from '../../../src/runtime/host/host.js';
import { ManualTime } from '../../support/manual-time.js';
import { MemoryLog } from '../../support/memory-log.js';

function setUp() {
  const time = new ManualTime();
  const log = new MemoryLog();
  return { time, log, host: createHost({ log, timers: time, clock: time.clock, monotonic: time.monotonic }) };
}

describe('createHost', () => {
  it('lends its clock', () => {
    const { host, time } = setUp();
    time.elapsed = 7;
    assert.equal(host.createEnv('h', 'a').env.clock.now(), ManualTime.epoch + 7);
  });

  it('has real clocks and a limit of one second by default', () => {
    const host = createHost({ log: new MemoryLog() });
    assert.equal(host.adapterTimeoutMs, 1000);
    assert.ok(Math.abs(host.clock.now() - Date.now()) < 1000);
    assert.ok(host.monotonic() >= 0);
  });

  it('logs and counts failing work without flooding the log', async () => {
    const { host, time, log } = setUp();
    host.createEnv('h.default', 'list').env.schedule.every(10, () => {
      throw new Error('boom');
    });
    await time.advance(100);
    assert.deepEqual(log.lines, [
      {
        level: 'error',
        message: 'adapter/list: scheduled work failed',
        fields: { error: 'boom', suppressed: 0, handler: 'h.default' },
      },
    ]);
    assert.match(
      host.renderPrometheus(),
      /^mixer_handler_work_failures_total\{handler="h\.default",adapter="list"\} 10$/m,
    );
  });

  it('takes everything back when an environment is disposed', async () => {
    const { host, time } = setUp();
    const { env, dispose } = host.createEnv('h', 'a');
    env.schedule.every(10, () => undefined);
    env.expose('k', () => ({ exposition: () => 'x 1\n' }));
    env.metrics.gauge('size', 'Size.').set(1);
    assert.match(host.renderPrometheus(), /^mixer_handler_daemons_total\{handler="h"\} 1$/m);
    dispose();
    dispose();
    assert.equal(env.signal.aborted, true);
    assert.equal(time.pending, 0);
    assert.equal(await host.sources.exposition(), '');
    assert.doesNotMatch(host.renderPrometheus(), /handler="h"/);
  });

  it('aborts the signal before the rest when asked to', () => {
    const { host, time } = setUp();
    const { env, abort } = host.createEnv('h', 'a');
    env.schedule.after(10, () => undefined);
    abort();
    assert.equal(env.signal.aborted, true);
    assert.equal(time.pending, 1);
  });

  it('keeps gauges and sources that a rebuilt handler of the same name has taken over', async () => {
    const { host } = setUp();
    const old = host.createEnv('h', 'a');
    old.env.metrics.gauge('size', 'Size.').set(1);
    old.env.expose('k', () => ({ exposition: () => 'x 1\n' }));
    const rebuilt = host.createEnv('h', 'a');
    rebuilt.env.metrics.gauge('size', 'Size.').set(2);
    rebuilt.env.expose('k', () => ({ exposition: () => 'never\n' }));
    old.dispose();
    assert.match(host.renderPrometheus(), /^mixer_adapter_size\{adapter="a",handler="h"\} 2$/m);
    assert.equal(await host.sources.exposition(), 'x 1\n');
  });

  it('lends nothing lasting to an environment that is gone', async () => {
    const { host, time } = setUp();
    const { env, dispose } = host.createEnv('h', 'a');
    dispose();
    env.expose('k', () => ({ exposition: () => 'x 1\n' }));
    env.schedule.now(() => undefined);
    assert.equal(await host.sources.exposition(), '');
    assert.equal(time.pending, 0);
  });
});

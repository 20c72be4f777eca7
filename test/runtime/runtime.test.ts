import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Bag, type Value } from '../../src/attributes/index.js';
import { Runtime, type RuntimeOptions } from '../../src/runtime/index.js';
import type { Handler } from '../../src/sdk/index.js';
import { createTestHost } from '../support/dispatch-fixture.js';
import { settle } from '../support/manual-time.js';
import { createToy, doc, resourcesOf, toyTemplates } from '../support/toys.js';

function setUp(options: Partial<RuntimeOptions> = {}) {
  const test = createTestHost();
  const toy = createToy('toy');
  const { host } = test;
  const runtime = new Runtime({ adapters: [toy.adapter], templates: toyTemplates, host, random: () => 1, ...options });
  const load = (yaml: string) => runtime.load(resourcesOf(yaml));
  const check = async (values: Readonly<Record<string, Value>> = {}) => {
    const lease = runtime.acquire();
    try {
      const bag = Bag.fromValues(lease.vocabulary, Object.entries({ 'destination.namespace': 'ns', ...values }));
      return await lease.check(bag, { quotas: [], deduplicationId: '' });
    } finally {
      lease.release();
    }
  };
  return { ...test, toy, runtime, load, check };
}

/** A toy handler that denies with its label. */
const denying =
  (code: number) =>
  (handler: Handler): Handler => ({ ...handler, handleListEntry: () => ({ status: { code, message: 'no' } }) });

const handler = (label = 'h') => doc('handler', 'h', `{ compiledAdapter: toy, params: { label: ${label} } }`);
const entry = doc('listentry', 'l', '{ value: request.path }');
const rule = (match = 'request.path == "/deny"') =>
  doc('rule', 'r', `{ match: '${match}', actions: [{ handler: h, instances: [l.listentry] }] }`);

describe('Runtime', () => {
  it('allows everything before the first configuration', async () => {
    const { runtime, check } = setUp();
    assert.equal(runtime.snapshot.id, -1);
    assert.equal((await check()).status.code, 0);
  });

  it('decides by the rules of the configuration', async () => {
    const { toy, load, check } = setUp();
    toy.build = denying(7);
    const { id, handlers, diagnostics } = await load(handler() + entry + rule());
    assert.deepEqual([id, handlers, diagnostics], [0, ['h.ns'], []]);
    const { code, message } = (await check({ 'request.path': '/deny' })).status;
    assert.deepEqual([code, message], [7, 'h.ns:no']);
    assert.equal((await check({ 'request.path': '/' })).status.code, 0);
  });

  it('numbers snapshots and tells listeners', async () => {
    const { runtime, load, log } = setUp();
    const seen: number[] = [];
    runtime.onSnapshot(() => {
      throw new Error('bad listener');
    });
    const stop = runtime.onSnapshot(({ id }) => seen.push(id));
    await load('');
    await load('');
    stop();
    await load('');
    assert.deepEqual(seen, [0, 1]);
    assert.equal(log.lines.filter(({ message }) => message === 'snapshot listener failed').length, 3);
  });

  it('carries a handler over whose configuration has not changed', async () => {
    const { toy, runtime, load } = setUp();
    await load(handler() + entry + rule());
    await load(handler() + entry + rule('request.path == "/other"'));
    assert.deepEqual(toy.events, ['build h']);
    assert.equal(runtime.counters.mixer_handler_reused_handlers_total, 1);
    assert.equal(runtime.counters.mixer_handler_new_handlers_total, 0);
  });

  it('replaces a changed handler after the requests on the old one have ended', async () => {
    const { toy, runtime, load } = setUp();
    await load(handler('one') + entry + rule());
    const lease = runtime.acquire();
    await load(handler('two') + entry + rule());
    await settle();
    assert.deepEqual(toy.events, ['build one', 'build two']);
    lease.release();
    await settle();
    assert.deepEqual(toy.events, ['build one', 'build two', 'close one']);
    assert.equal(runtime.counters.mixer_handler_closed_handlers_total, 1);
  });

  it('closes replaced handlers after ten seconds at the latest', async () => {
    const { toy, runtime, load, time, log } = setUp();
    await load(handler('one') + entry + rule());
    runtime.acquire();
    await load('');
    await time.advance(9999);
    assert.deepEqual(toy.events, ['build one']);
    await time.advance(1);
    assert.deepEqual(toy.events, ['build one', 'close one']);
    assert.equal(log.lines.filter(({ level }) => level === 'warn').length, 1);
  });

  it('keeps requests on the snapshot that they started with', async () => {
    const { toy, runtime, load, check } = setUp();
    toy.build = denying(7);
    await load(handler() + entry + rule());
    const lease = runtime.acquire();
    await load('');
    const bag = Bag.fromValues(lease.vocabulary, [['request.path', '/deny'], ['destination.namespace', 'ns']]); // prettier-ignore
    assert.equal((await lease.check(bag, { quotas: [], deduplicationId: '' })).status.code, 7);
    assert.equal((await check({ 'request.path': '/deny' })).status.code, 0);
    lease.release();
  });

  it('keeps the last good version of a broken rule, until it is deleted', async () => {
    const { toy, load, check } = setUp();
    toy.build = denying(7);
    await load(handler() + entry + rule());
    for (let round = 0; round < 2; round++) {
      const { diagnostics } = await load(handler() + entry + rule('nope == 1'));
      assert.equal(diagnostics.length, 1);
      assert.match(diagnostics[0]!.message, /the former version stays in force/);
      assert.equal((await check({ 'request.path': '/deny' })).status.code, 7);
    }
    await load(handler() + entry);
    assert.equal((await check({ 'request.path': '/deny' })).status.code, 0);
  });

  it('skips the actions of a handler that cannot be built, and takes them in when it can', async () => {
    const { toy, runtime, load, check, time } = setUp();
    toy.build = () => {
      throw new Error('no backend');
    };
    const failed = await load(handler() + entry + rule());
    assert.deepEqual(failed.diagnostics.map(({ code }) => code), ['HANDLER_BUILD_FAILED']); // prettier-ignore
    assert.equal(runtime.counters.mixer_config_unsatisfied_action_handler_total, 1);
    assert.equal(runtime.counters.mixer_handler_handler_build_failures_total, 1);
    assert.equal((await check({ 'request.path': '/deny' })).status.code, 0);

    toy.build = denying(7);
    await time.advance(1000);
    assert.equal(runtime.snapshot.id, 1);
    assert.deepEqual(runtime.snapshot.diagnostics, []);
    assert.equal(runtime.counters.mixer_config_unsatisfied_action_handler_total, 0);
    assert.equal((await check({ 'request.path': '/deny' })).status.code, 7);
  });

  it('goes on deciding with the last good version of a handler whose new one does not build', async () => {
    const { toy, load, check, time } = setUp();
    toy.build = denying(7);
    await load(handler('good') + entry + rule());
    toy.build = () => {
      throw new Error('bad policy');
    };
    const { diagnostics } = await load(handler('bad') + entry + rule());
    assert.match(diagnostics[0]!.message, /bad policy; it is tried again, its last good version stays until then/);
    assert.equal((await check({ 'request.path': '/deny' })).status.code, 7);
    toy.build = denying(16);
    await time.advance(1000);
    await settle();
    assert.equal((await check({ 'request.path': '/deny' })).status.code, 16);
  });

  it('does not let a hanging build hold up the rest for longer than its bound', async () => {
    const { toy, load, time } = setUp({ buildTimeoutMs: 50 });
    toy.build = () => new Promise(() => undefined);
    const loading = load(handler() + entry + rule());
    await time.advance(50);
    assert.deepEqual((await loading).diagnostics.map(({ code }) => code), ['HANDLER_BUILD_FAILED']); // prettier-ignore
  });

  it('lets a later load overtake those that wait', async () => {
    const { toy, runtime, load } = setUp();
    let open: () => void = () => undefined;
    toy.build = (built) => new Promise((resolve) => (open = () => resolve(built)));
    const first = load(handler('one') + entry + rule());
    const second = load(handler('two') + entry + rule());
    const third = load('');
    open();
    assert.equal((await first).id, 0);
    assert.deepEqual([(await second).id, (await third).id], [1, 1]);
    assert.deepEqual(toy.events.filter((event) => event.startsWith('build')), ['build one']); // prettier-ignore
    assert.equal(runtime.snapshot.id, 1);
  });

  it('shows what the store found beside its own findings', async () => {
    const { runtime } = setUp();
    const found = { severity: 'error', code: 'YAML_SYNTAX', message: 'm', file: 'b.yaml', line: 1 } as const;
    const { diagnostics } = await runtime.load(resourcesOf(doc('Service', 's', '{}')), [found]);
    assert.deepEqual(diagnostics.map(({ code }) => code), ['KIND_NOT_OURS', 'YAML_SYNTAX']); // prettier-ignore
  });

  it('counts what it holds', async () => {
    const { runtime, load } = setUp();
    await load(handler() + entry + rule());
    const { counters } = runtime;
    assert.equal(counters.mixer_config_rule_configs_total, 1);
    assert.equal(counters.mixer_handler_new_handlers_total, 1);
    assert.equal(counters.mixer_dispatcher_destinations_per_variety_total['TEMPLATE_VARIETY_CHECK'], 1);
  });

  it('counts a close that fails', async () => {
    const { toy, runtime, load } = setUp();
    toy.close = () => {
      throw new Error('boom');
    };
    await load(handler() + entry + rule());
    await load('');
    await settle();
    assert.equal(runtime.counters.mixer_handler_handler_close_failures_total, 1);
  });

  it('takes the rules of the default namespace for all', async () => {
    const { toy, load, check } = setUp({ defaultNamespace: 'root' });
    toy.build = denying(7);
    const everywhere = doc(
      'rule',
      'r, namespace: root',
      '{ actions: [{ handler: h.ns, instances: [l.listentry.ns] }] }',
    );
    await load(handler() + doc('listentry', 'l', '{}') + everywhere);
    assert.equal((await check({ 'destination.namespace': 'anywhere' })).status.code, 7);
  });

  it('publishes attributes that a generator binds', async () => {
    const { toy, load, check } = setUp();
    toy.build = denying(7);
    const { diagnostics } = await load(
      handler() +
        entry.replace('request.path', 'source.name') +
        doc('pods', 'p', '{ source_uid: source.uid | "", attribute_bindings: { source.name: $out.pod_name } }') +
        doc('rule', 'generate', '{ actions: [{ handler: h, instances: [p.pods] }] }') +
        rule('(source.name | "") == "pod-1"'),
    );
    assert.deepEqual(diagnostics, []);
    assert.equal((await check()).status.code, 7);
  });

  it('gives the output of a check to the header operations of its rule', async () => {
    const { load, check } = setUp();
    await load(
      handler() +
        doc('lookup', 'o', '{}') +
        doc(
          'rule',
          'r',
          '{ actions: [{ handler: h, instances: [o.lookup], name: x }], requestHeaderOperations: [{ name: x-user, values: [x.output.user_name] }] }',
        ),
    );
    assert.deepEqual((await check()).directive?.requestHeaderOperations, [
      { name: 'x-user', value: 'ann', operation: 'REPLACE' },
    ]);
  });

  it('closes handlers when it is closed, after running requests, and loads no more', async () => {
    const { toy, runtime, load } = setUp();
    await load(handler() + entry + rule());
    const lease = runtime.acquire();
    const closing = runtime.close();
    await settle();
    assert.deepEqual(toy.events, ['build h']);
    lease.release();
    await closing;
    assert.deepEqual(toy.events, ['build h', 'close h']);
    await assert.rejects(load(''), { code: 'UNAVAILABLE' });
  });

  it('runs on the interpreter too', async () => {
    const { toy, load, check } = setUp({ engine: 'interpreted' });
    toy.build = denying(7);
    await load(handler() + entry + rule());
    assert.equal((await check({ 'request.path': '/deny' })).status.code, 7);
  });
});

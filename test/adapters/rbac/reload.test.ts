import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import denier from 'fairlead/adapters/denier';
import rbac from 'fairlead/adapters/rbac';
import { templates } from 'fairlead/templates';
import { Bag } from '../../../src/attributes/index.js';
import { parseResources } from '../../../src/config/index.js';
import { Runtime } from '../../../src/runtime/index.js';
import { formatDiagnostic } from '../../../src/util/diagnostics.js';
import { createTestHost } from '../../support/dispatch-fixture.js';
import { doc, roleFor } from './support.js';

const base =
  doc('handler', 'roles', '{ compiledAdapter: rbac }') +
  doc('handler', 'never', '{ compiledAdapter: denier }') +
  doc('checknothing', 'nothing', '{}') +
  doc(
    'authorization',
    'a',
    `{ subject: { user: 'source.principal | ""' }, action: { namespace: '"ns"', service: '"svc"', method: '"GET"', path: '"/"' } }`,
  ) +
  doc('rule', 'r', '{ actions: [{ handler: roles, instances: [a.authorization] }] }') +
  doc(
    'rule',
    'q',
    `{ match: request.path == "/never", actions: [{ handler: never, instances: [nothing.checknothing] }] }`,
  );

function setUp() {
  const { host } = createTestHost();
  const runtime = new Runtime({ adapters: [rbac, denier], templates, host });
  const load = async (yaml: string) => {
    const { resources } = parseResources(base + yaml, { file: 'a.yaml', defaultNamespace: 'ns' });
    const { diagnostics } = await runtime.load(resources);
    const { mixer_handler_new_handlers_total: built } = runtime.counters;
    return { built, diagnostics: diagnostics.map(formatDiagnostic) };
  };
  const check = async (user: string) => {
    const lease = runtime.acquire();
    try {
      const bag = Bag.fromValues(lease.vocabulary, [
        ['destination.namespace', 'ns'],
        ['source.principal', user],
        ['request.path', '/'],
      ]);
      return (await lease.check(bag, { quotas: [], deduplicationId: '' })).status.code;
    } finally {
      lease.release();
    }
  };
  return { runtime, load, check };
}

const rule = '{ services: [svc] }';

describe('a change of roles and bindings', () => {
  it('builds the table anew, and no other handler', async () => {
    const { load, check, runtime } = setUp();
    assert.deepEqual(await load(roleFor('{ user: ann }', rule)), { built: 2, diagnostics: [] });
    assert.deepEqual([await check('ann'), await check('bob')], [0, 7]);
    assert.deepEqual(await load(roleFor('{ user: bob }', rule)), { built: 1, diagnostics: [] });
    assert.deepEqual([await check('ann'), await check('bob')], [7, 0]);
    assert.equal((await load(`# moved\n${roleFor('{ user: bob }', rule)}`)).built, 0);
    assert.equal((await load('')).built, 1);
    assert.deepEqual([await check('ann'), await check('bob')], [7, 7]);
    await runtime.close();
  });

  it('keeps the last good role when one breaks', async () => {
    const { load, check, runtime } = setUp();
    await load(roleFor('{ user: ann }', rule));
    const { built, diagnostics } = await load(roleFor('{ user: ann }', '{ services: [svc], verbs: [GET] }'));
    assert.equal(built, 0);
    assert.equal(diagnostics.length, 1);
    assert.match(diagnostics[0]!, /^a\.yaml:\d+:\d+: error UNKNOWN_FIELD: .*the former version stays in force/);
    assert.equal(await check('ann'), 0);
    await runtime.close();
  });

  it('only warns of a store of its own', async () => {
    const { load, check, runtime } = setUp();
    const { diagnostics } = await load(
      doc('rbac', 'more', '{ config_store_url: fs:///etc/roles }') + roleFor('{ user: ann }', rule),
    );
    assert.match(
      diagnostics.join('\n'),
      /^a\.yaml:\d+:27: warning CONFIG_INVALID: has no effect: .*\(rbac 'more\.ns' configStoreUrl\)$/,
    );
    assert.equal(await check('ann'), 0);
    await runtime.close();
  });

  it('denies when a binding loses its role', async () => {
    const { load, check, runtime } = setUp();
    await load(roleFor('{ user: ann }', rule));
    const { diagnostics } = await load(roleFor('{ user: ann }', rule).replace('kind: ServiceRole\n', 'kind: Gone\n'));
    assert.match(diagnostics.join('\n'), /error CONFIG_INVALID: there is no ServiceRole in namespace 'ns'/);
    assert.equal(await check('ann'), 7);
    await runtime.close();
  });
});

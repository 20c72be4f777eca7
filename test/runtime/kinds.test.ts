import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createKinds } from '../../src/runtime/kinds.js';
import { type Adapter, s } from '../../src/sdk/index.js';
import { createToy, listentry, metric, toyTemplates } from '../support/toys.js';

const { adapter } = createToy('toy');
const kinds = createKinds([adapter], toyTemplates);

describe('createKinds', () => {
  const core = {
    rule: 'rule',
    attributemanifest: 'manifest',
    handler: 'handler',
    instance: 'instance',
    adapter: 'adapterInfo',
    template: 'templateInfo',
  };
  for (const [kind, role] of Object.entries(core)) {
    it(`knows the core kind ${kind}`, () => {
      assert.equal(kinds.roleOf(kind).role, role);
    });
  }

  it('makes a legacy kind of every adapter and template', () => {
    assert.deepEqual(kinds.roleOf('toy'), { role: 'handler', legacy: adapter });
    assert.deepEqual(kinds.roleOf('metric'), { role: 'instance', legacy: metric });
  });

  it('is case-sensitive and leaves the kinds of others alone', () => {
    for (const kind of ['Rule', 'QuotaSpec', 'VirtualService', '__proto__', 'constructor', '']) {
      assert.equal(kinds.roleOf(kind).role, 'foreign', kind);
    }
  });

  it('knows the templates that only adapters bring along', () => {
    assert.equal(createKinds([adapter], []).template('listentry'), listentry);
  });

  it('knows the kinds that adapters declare for themselves', () => {
    const kind = s.message({});
    const own = { ...adapter, kinds: { Shelf: kind, rule: kind, metric: kind } } as Adapter;
    const found = createKinds([own], toyTemplates);
    assert.deepEqual(found.roleOf('Shelf'), { role: 'own', adapter: own });
    assert.deepEqual([found.roleOf('rule').role, found.roleOf('metric').role], ['rule', 'instance']);
  });

  it('does not let an adapter take a core kind', () => {
    const rule = { ...adapter, name: 'rule' } as Adapter;
    assert.equal(createKinds([rule], []).roleOf('rule').role, 'rule');
  });

  it('keeps the first of two adapters with one name', () => {
    const other = createToy('toy').adapter;
    assert.equal(createKinds([adapter, other], []).adapter('toy'), adapter);
  });

  it('lists names sorted, for messages', () => {
    assert.deepEqual(kinds.adapterNames, ['toy']);
    assert.deepEqual(kinds.templateNames, ['everything', 'listentry', 'lookup', 'metric', 'pods', 'quota']);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { below, childPath } from '../../../src/runtime/snapshot/yaml-path.js';
import { resourcesOf } from '../../support/toys.js';

describe('childPath', () => {
  it('joins plain keys by a dot and puts others into brackets', () => {
    assert.equal(childPath('spec', 'source_ip'), 'spec.source_ip');
    assert.equal(childPath('spec', 'source.ip'), 'spec["source.ip"]');
    assert.equal(childPath('spec', ''), 'spec[""]');
  });

  it('makes paths that resources can find', () => {
    const [resource] = resourcesOf('kind: a\nmetadata: { name: b }\nspec:\n  source:\n    ip: 1\n  source.ip: 2\n');
    assert.equal(resource!.position(childPath('spec', 'source.ip')).line, 6);
  });
});

describe('below', () => {
  it('puts the path that an adapter names below ours', () => {
    assert.equal(below('spec.params', 'quotas[1].name'), 'spec.params.quotas[1].name');
    assert.equal(below('spec.params', '["a.b"]'), 'spec.params["a.b"]');
    assert.equal(below('spec.params', ''), 'spec.params');
  });
});

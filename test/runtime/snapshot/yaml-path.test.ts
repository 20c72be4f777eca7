import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { childPath } from '../../../src/runtime/snapshot/yaml-path.js';
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

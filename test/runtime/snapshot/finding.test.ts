import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describePlace, diagnose } from '../../../src/runtime/snapshot/finding.js';
import { formatDiagnostic } from '../../../src/util/diagnostics.js';
import { resourcesOf } from '../../support/toys.js';

const [resource] = resourcesOf('kind: rule\nmetadata:\n  name: deny\nspec:\n  match: a\n');

describe('diagnose', () => {
  it('names resource, file, line and column', () => {
    const found = diagnose(resource!, { code: 'X', message: 'is wrong', at: 'spec.match' });
    assert.equal(formatDiagnostic(found), "a.yaml:5:10: error X: is wrong (rule 'deny.ns' match)");
  });

  it('takes a label and a severity', () => {
    const found = diagnose(resource!, { severity: 'info', code: 'X', message: 'm', at: 'spec', label: 'here' });
    assert.equal(found.path, "rule 'deny.ns' here");
    assert.equal(found.severity, 'info');
  });
});

describe('describePlace', () => {
  it('leaves out the spec', () => {
    assert.equal(describePlace(resource!, 'spec'), "rule 'deny.ns'");
    assert.equal(describePlace(resource!, 'spec.a[0].b'), "rule 'deny.ns' a[0].b");
    assert.equal(describePlace(resource!, 'metadata.name'), "rule 'deny.ns' metadata.name");
  });
});

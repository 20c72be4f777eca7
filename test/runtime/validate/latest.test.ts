import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { takeLatest } from '../../../src/runtime/validate/latest.js';
import { formatDiagnostic } from '../../../src/util/diagnostics.js';
import { doc, resourcesOf } from '../../support/toys.js';

describe('takeLatest', () => {
  it('keeps the later one, in its place, and warns there', () => {
    const [first] = resourcesOf(doc('rule', 'r', '{}'), 'a.yaml');
    const [other] = resourcesOf(doc('rule', 'other', '{}'), 'a.yaml');
    const [second] = resourcesOf(doc('rule', 'r', '{ match: a }'), 'b.yaml');
    const { resources, diagnostics } = takeLatest([first!, other!, second!]);
    assert.deepEqual([...resources.values()], [other, second]);
    assert.deepEqual(diagnostics.map(formatDiagnostic), [
      "b.yaml:2:19: warning DUPLICATE_RESOURCE: this rule was given before, at a.yaml:2:19; this one counts (rule 'r.ns')",
    ]);
  });
});

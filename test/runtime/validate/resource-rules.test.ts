import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { resourceRules } from '../../../src/runtime/validate/resource-rules.js';
import { doc, judge } from '../../support/toys.js';

describe('resourceRules', () => {
  it('give at most one finding per resource', () => {
    for (const kind of ['rule', 'toy', 'metric', 'adapter', 'template', 'Service']) {
      const found = resourceRules.flatMap((rule) => judge(rule, doc(kind, 'a', '{}')));
      assert.ok(found.length <= 1, `${kind}: ${found.join()}`);
    }
  });

  it('cannot be changed', () => {
    assert.ok(Object.isFrozen(resourceRules));
  });
});

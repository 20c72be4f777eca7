import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findAboutUses } from '../../../src/runtime/snapshot/use-findings.js';
import type { Adapter } from '../../../src/sdk/index.js';
import { formatDiagnostic } from '../../../src/util/diagnostics.js';
import { compileYaml, doc } from '../../support/toys.js';

const rule = doc('rule', 'r', '{ actions: [{ handler: h, instances: [m.metric] }] }');

/** What an adapter's `validateTypes` makes of the one handler of a configuration. */
function findingsOf(handler: string, validateTypes: NonNullable<Adapter['validateTypes']>): readonly string[] {
  const { uses } = compileYaml(handler + doc('metric', 'm', '{}') + rule);
  const own = uses.map((use) => ({
    ...use,
    config: { ...use.config, adapter: { ...use.config.adapter, validateTypes } },
  }));
  return findAboutUses(own).map(formatDiagnostic);
}

describe('findAboutUses()', () => {
  const handler = doc('handler', 'h', '{ compiledAdapter: toy, params: { label: a } }');

  it('asks the adapter about the instances that reach a handler, and points to its params', () => {
    const found = findingsOf(handler, (_config, types, report) => {
      const names = Object.values(types).flatMap((known) => [...known.keys()]);
      report('label', `does not fit ${names.join()}`);
      report('', 'and so on', 'warning');
    });
    assert.deepEqual(found, [
      "a.yaml:3:48: error CONFIG_INVALID: does not fit m.metric.ns (handler 'h.ns' params.label)",
      "a.yaml:3:39: warning CONFIG_INVALID: and so on (handler 'h.ns' params)",
    ]);
  });

  it('takes what an adapter throws for a finding', () => {
    const found = findingsOf(handler, () => {
      throw new Error('oops');
    });
    assert.equal(found.length, 1);
    assert.match(found[0]!, /error CONFIG_INVALID: adapter 'toy' failed to validate: oops/);
  });

  it('has nothing to say about an adapter that does not look', () => {
    const { uses } = compileYaml(handler + doc('metric', 'm', '{}') + rule);
    assert.deepEqual(findAboutUses(uses), []);
  });
});

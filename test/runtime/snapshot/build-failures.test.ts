import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildFailures } from '../../../src/runtime/snapshot/build-failures.js';
import { formatDiagnostic } from '../../../src/util/diagnostics.js';
import { compileYaml, doc } from '../../support/toys.js';

describe('buildFailures', () => {
  it('points to the handler in its file', () => {
    const { uses } = compileYaml(
      doc('handler', 'h', '{ compiledAdapter: toy }') +
        doc('metric', 'm', '{}') +
        doc('rule', 'r', '{ actions: [{ handler: h, instances: [m.metric] }] }'),
    );
    const failures = new Map([['h.handler.ns', 'no backend']]);
    const none = new Map<string, unknown>();
    const found = (handlers: typeof none) => buildFailures(uses, { failures, handlers }).map(formatDiagnostic);
    assert.deepEqual(buildFailures(uses, { failures: new Map(), handlers: none }), []);
    assert.deepEqual(found(none), [
      "a.yaml:2:19: error HANDLER_BUILD_FAILED: handler could not be built: no backend; it is tried again, and actions that use it are skipped (handler 'h.ns')",
    ]);
    assert.deepEqual(found(new Map([['h.handler.ns', {}]])), [
      "a.yaml:2:19: error HANDLER_BUILD_FAILED: handler could not be built: no backend; it is tried again, its last good version stays until then (handler 'h.ns')",
    ]);
  });
});

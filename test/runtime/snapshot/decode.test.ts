import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decode } from '../../../src/runtime/snapshot/decode.js';
import { formatDiagnostic } from '../../../src/util/diagnostics.js';
import { s } from '../../../src/util/schema.js';
import { doc, resourcesOf } from '../../support/toys.js';

describe('decode', () => {
  it('names the resource in what it finds', () => {
    const [resource] = resourcesOf(doc('thing', 'a', '{ params: { nope: 1 } }'));
    const { diagnostics } = decode(resource!, s.message({ yes: s.string() }), 'spec.params');
    assert.match(
      formatDiagnostic(diagnostics[0]!),
      /^a\.yaml:3:19: error UNKNOWN_FIELD: .*\(thing 'a\.ns' params\.nope\)$/,
    );
  });

  it('gives defaults when there is nothing', () => {
    const [resource] = resourcesOf(doc('thing', 'a', '{ params: ~ }'));
    const decoded = decode(resource!, s.message({ yes: s.string('dflt') }), 'spec.params');
    assert.deepEqual(decoded, { value: { yes: 'dflt' }, diagnostics: [] });
  });
});

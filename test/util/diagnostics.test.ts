import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareDiagnostics, type Diagnostic, formatDiagnostic, hasErrors } from '../../src/util/diagnostics.js';

const at = (line: number, column: number, rest: Partial<Diagnostic> = {}): Diagnostic => ({
  severity: 'error',
  code: 'FIELD_TYPE',
  message: 'm',
  file: 'a.yaml',
  line,
  column,
  ...rest,
});

describe('formatDiagnostic()', () => {
  it('puts the place first, as editors and terminals link it', () => {
    assert.equal(
      formatDiagnostic(at(3, 7, { message: 'field is a number', path: 'spec.value' })),
      'a.yaml:3:7: error FIELD_TYPE: field is a number (spec.value)',
    );
  });

  it('leaves out what is not known', () => {
    assert.equal(
      formatDiagnostic({ severity: 'warning', code: 'STORE_VANISHED', message: 'folder is gone', file: 'x' }),
      'x: warning STORE_VANISHED: folder is gone',
    );
    assert.equal(formatDiagnostic({ severity: 'info', code: 'C', message: 'm' }), 'info C: m');
  });
});

describe('compareDiagnostics()', () => {
  it('orders by file, line, column, weight and code', () => {
    const sorted = [
      at(1, 1, { file: 'a.yaml' }),
      at(1, 2, { code: 'A' }),
      at(1, 2, { code: 'B' }),
      at(1, 2, { severity: 'warning', code: 'A' }),
      at(2, 1),
      at(1, 1, { file: 'b.yaml' }),
    ];
    assert.deepEqual([...sorted].reverse().sort(compareDiagnostics), sorted);
  });
});

describe('hasErrors()', () => {
  it('ignores warnings and information', () => {
    assert.equal(hasErrors([at(1, 1, { severity: 'warning' }), at(1, 1, { severity: 'info' })]), false);
    assert.equal(hasErrors([at(1, 1, { severity: 'warning' }), at(1, 1)]), true);
  });
});

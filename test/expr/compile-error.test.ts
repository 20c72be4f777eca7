import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CompileError, isCompileError } from '../../src/expr/index.js';
import { errorAt } from '../../src/expr/compile-error.js';

const what = { kind: 'PARSE_ERROR', message: 'no' } as const;

describe('errorAt()', () => {
  it('counts lines and columns from 1', () => {
    const places = [0, 2, 3, 5]
      .map((offset) => errorAt('ab\ncd\n', offset, what))
      .map(({ line, column }) => [line, column]);
    assert.deepEqual(places, [
      [1, 1],
      [1, 3],
      [2, 1],
      [2, 3],
    ]);
  });
  it('counts columns in bytes', () => assert.equal(errorAt('"é😀" =', 6, what).column, 10));
});

describe('isCompileError()', () => {
  it('knows a compile error', () => {
    assert.equal(isCompileError(new CompileError('PARSE_ERROR', 'no', 1, 1)), true);
    assert.equal(isCompileError({ kind: 'PARSE_ERROR' }), false);
  });
});

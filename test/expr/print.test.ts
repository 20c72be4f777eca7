import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseExpression, printExpression } from '../../src/expr/index.js';
import { CompileError } from '../../src/expr/compile-error.js';

describe('printExpression()', () => {
  it('writes constants as they were written, but booleans in lower case', () => {
    const node = parseExpression('f(007, 1e1, "\\x41", `b`, \'c\', TRUE)');
    assert.ok(!(node instanceof CompileError));
    assert.equal(printExpression(node), 'f(007, 1e1, "\\x41", `b`, \'c\', true)');
  });
});

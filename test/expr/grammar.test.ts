import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rewriteForJsep } from '../../src/expr/grammar.js';
import { scan } from '../../src/expr/scan.js';

describe('rewriteForJsep()', () => {
  it('leaves only numbered names, operators and brackets', () =>
    assert.equal(
      rewriteForJsep('x', scan('this.a["in"] == (`b` | c.f(1,))')),
      '_0 . _2 [ _4 ] == p7 ( _8 | _10 . _12 ( _14 ) )',
    ));
});

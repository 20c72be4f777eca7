import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toLower } from '../../../src/expr/externs/to-lower.js';

describe('toLower()', () => {
  it('lowers letters of any script', () => assert.equal(toLower('ÀB Ж ẞ'), 'àb ж ß'));
  it('lowers a sigma without looking around', () => assert.equal(toLower('ΟΔΟΣ ΑΣ'), 'οδοσ ασ'));
  it('lowers a dotted capital I to one letter', () => assert.equal(toLower('İX'), 'ix'));
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { countFields } from '../../src/expr/record.js';

describe('countFields()', () => {
  it('counts the fields of nested records, not the records', () => {
    const leaf = { name: 'a', path: 'A', value: undefined };
    const inner = { kind: 'record', fields: [leaf, leaf] } as const;
    assert.equal(countFields({ kind: 'record', fields: [leaf, { name: 'b', path: 'B', value: inner }] }), 3);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NameTable } from '../../../src/attributes/wire/name-table.js';

function viewOf(text: string): DataView {
  const bytes = new Uint8Array(Buffer.from(text));
  return new DataView(bytes.buffer);
}

describe('NameTable', () => {
  it('finds every name and nothing else', () => {
    const names = [...Array.from({ length: 500 }, (_, i) => `attribute.${i}`), 'a', 'ab', 'abc', 'käse'];
    const table = new NameTable(names.map(viewOf));
    names.forEach((name, number) => {
      const view = viewOf(`<${name}>`);
      assert.equal(table.find(view, 1, view.byteLength - 1), number);
    });
    for (const other of ['attribute.500', 'attribute', 'b', 'ac', 'abd', 'Käse', 'attribute.49x']) {
      assert.equal(table.find(viewOf(other), 0, viewOf(other).byteLength), undefined, other);
    }
  });

  it('never finds an empty name, which still has its number', () => {
    const table = new NameTable([viewOf(''), viewOf('a'), viewOf('')]);
    assert.equal(table.find(viewOf('a'), 0, 0), undefined);
    assert.equal(table.find(viewOf('a'), 0, 1), 1);
  });

  it('finds nothing when it is empty', () => {
    assert.equal(new NameTable([]).find(viewOf('a'), 0, 1), undefined);
  });
});

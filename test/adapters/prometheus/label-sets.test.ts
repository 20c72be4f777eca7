import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type LabelSet, LabelSets, unknownLabels } from '../../../src/adapters/prometheus/label-sets.js';

function resolve(sets: LabelSets, values: readonly string[]): LabelSet {
  for (const [index, value] of values.entries()) sets.tuple[index] = value;
  const known = sets.resolve(false);
  return known === unknownLabels ? sets.insert() : known;
}

const tuple = fc.array(fc.constantFrom('', 'a', 'b', 'ab', '\0'), { minLength: 4, maxLength: 4 });

describe('LabelSets', () => {
  it('gives one set per combination of values, whatever comes and goes', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ values: tuple, drop: fc.boolean() }), { maxLength: 200 }), (steps) => {
        const sets = new LabelSets(['a', 'b', 'c', 'd']);
        const model = new Map<string, LabelSet>();
        for (const { values, drop } of steps) {
          const key = JSON.stringify(values);
          const known = model.get(key);
          if (drop) {
            if (known !== undefined) sets.release(known);
            model.delete(key);
            continue;
          }
          const set = resolve(sets, values);
          assert.deepEqual(set.values, values);
          if (known === undefined) set.users++;
          else assert.equal(set, known);
          model.set(key, set);
        }
        for (const [key, set] of model) assert.equal(resolve(sets, JSON.parse(key) as string[]), set);
        for (const set of model.values()) sets.release(set);
        assert.equal(sets.isEmpty, true);
      }),
      { numRuns: 300 },
    );
  });

  it('answers with the last set when nothing has changed', () => {
    const sets = new LabelSets(['a']);
    const set = resolve(sets, ['x']);
    set.users++;
    assert.equal(sets.resolve(true), set);
  });

  it('does not keep what was only asked for', () => {
    const sets = new LabelSets(['a']);
    sets.tuple[0] = 'x';
    assert.equal(sets.resolve(false), unknownLabels);
    assert.equal(sets.resolve(true), unknownLabels);
    assert.equal(sets.isEmpty, true);
  });

  it('does not answer with a set that has been removed', () => {
    const sets = new LabelSets(['a']);
    const set = resolve(sets, ['x']);
    set.users++;
    sets.release(set);
    assert.notEqual(sets.resolve(true), set);
  });

  it('has one set without labels', () => {
    const sets = new LabelSets([]);
    assert.equal(sets.resolve(true), unknownLabels);
    const set = sets.insert();
    set.users++;
    assert.equal(sets.resolve(false), set);
    sets.release(set);
    assert.equal(sets.resolve(true), unknownLabels);
    assert.equal(sets.isEmpty, true);
  });
});

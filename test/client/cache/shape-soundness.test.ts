import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { Bag, EvalError, type Value, WireWriter, writeReferences } from '../../../src/attributes/index.js';
import { Shape } from '../../../src/client/cache/shape.js';
import type { Dependencies } from '../../../src/client/index.js';
import { decodeReferences } from '../../../src/client/wire/decode-references.js';
import { checkExpression, CompileError, compileExpression } from '../../../src/expr/index.js';
import { ReferencedAttributes } from '../../../src/gen/istio/mixer/v1/attributes.js';
import { describeValue } from '../../expr/notation.js';
import { anyAttributes, anyExpression, newVocabulary } from '../../expr/random-expressions.js';

type Entries = readonly (readonly [string, Value])[];

const expressions = 600;

describe('what the check cache takes for the same request', () => {
  for (const way of ['in process', 'over the wire'] as const) {
    it(`gives the same answer, told ${way}`, () => {
      const others = fc.array(fc.tuple(anyAttributes, fc.array(fc.boolean(), { minLength: 22, maxLength: 22 })), {
        minLength: 5,
        maxLength: 5,
      });
      let reused = 0;
      fc.assert(
        fc.property(anyExpression, anyAttributes, others, (source, first, changes) => {
          const ask = asker(source, way);
          const told = ask(first);
          if (told.depends === undefined) return;
          const shape = Shape.of(told.depends, new Map(first));
          const signature = shape.signature(new Map(first));
          if (signature === undefined) return;
          for (const [other, isOther] of changes) {
            const entries = mix(first, other, isOther);
            if (shape.signature(new Map(entries)) !== signature) continue;
            reused++;
            assert.equal(ask(entries).value, told.value);
          }
        }),
        { numRuns: expressions, seed: 20_261_121 },
      );
      assert.ok(reused > expressions, `${reused} answers were reused`);
    });
  }
});

it('the answer to a map where a text should be is for no other request', () => {
  for (const way of ['in process', 'over the wire'] as const) {
    const wrong: Entries = [['s1', new Map([['k', 'v']])]];
    const { depends } = asker('s1', way)(wrong);
    assert.ok(depends !== undefined);
    const shape = Shape.of(depends, new Map(wrong));
    // Undefined is not kept at all.
    const kept = shape.signature(new Map(wrong)) ?? 'nothing';
    for (const other of [[], [['s1', 'text']]] as const) assert.notEqual(shape.signature(new Map(other)), kept);
  }
});

/** Evaluates an expression, and tells what a client learns of it: the value, and what it depends on. */
function asker(
  source: string,
  way: 'in process' | 'over the wire',
): (entries: Entries) => { readonly value: string; readonly depends: Dependencies } {
  const vocabulary = newVocabulary();
  const checked = checkExpression(source, vocabulary);
  assert.ok(!(checked instanceof CompileError));
  // Of a map that is there only keys leave a trace on the wire, as with Mixer.
  const isTold = way === 'in process' || checked.type !== 'STRING_MAP';
  const evaluate = compileExpression(checked, 'interpreted');
  return (entries) => {
    const bag = Bag.fromValues(vocabulary, entries);
    const result = evaluate(bag);
    const value = describeValue(result);
    const references = bag.captureReferences();
    if (!isTold) return { value, depends: undefined };
    if (way === 'in process') return { value, depends: references.list() };
    // Nor does a map whose key could not be worked out.
    if (result instanceof EvalError && /m[12]/.test(source)) return { value, depends: undefined };
    const writer = new WireWriter();
    writeReferences(writer, references, 222);
    const message = ReferencedAttributes.decode(writer.finish());
    return { value, depends: decodeReferences(message, new Map(entries)) };
  };
}

/** Some attributes of one request, the rest of another. */
function mix(first: Entries, other: Entries, isOther: readonly boolean[]): Entries {
  const names = [...new Set([...first, ...other].map(([name]) => name))];
  return names.flatMap((name, at) => {
    const found = (isOther[at] === true ? other : first).find(([one]) => one === name);
    return found === undefined ? [] : [found];
  });
}

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Bag, Vocabulary } from '../../../src/attributes/index.js';
import { Expressions } from '../../../src/runtime/snapshot/expressions.js';
import { formatDiagnostic } from '../../../src/util/diagnostics.js';
import { doc, resourcesOf } from '../../support/toys.js';

const [resource] = resourcesOf(doc('rule', 'r', '{ match: "here" }'));

function setUp() {
  const vocabulary = new Vocabulary();
  vocabulary.define('a', 'STRING');
  vocabulary.define('n', 'INT64');
  const expressions = new Expressions(vocabulary, { isReported: (name) => name === 'reported.one' });
  const check = (source: string, more: object = {}) =>
    expressions.check(resource!, { source, at: 'spec.match', ...more });
  return { vocabulary, expressions, check };
}

describe('Expressions', () => {
  it('says kind, place and reason of what does not compile', () => {
    const { diagnostic } = setUp().check('a == nope');
    assert.equal(
      formatDiagnostic(diagnostic!),
      `a.yaml:3:22: error EXPRESSION_INVALID: UNKNOWN_ATTRIBUTE in 'a == nope' at 1:6: unknown attribute 'nope'; if text is meant, write "nope" (rule 'r.ns' match)`,
    );
  });

  it('quotes an expression of several lines in one', () => {
    const { diagnostic } = setUp().check('a ==\n  nope\n');
    assert.match(diagnostic!.message, /^UNKNOWN_ATTRIBUTE in 'a ==\\n {2}nope' at 2:3: /);
  });

  it('says which type was expected', () => {
    const { diagnostic } = setUp().check('n', { expected: 'BOOL' });
    assert.equal(diagnostic!.code, 'TYPE_MISMATCH');
    assert.equal(diagnostic!.message, "expression 'n' has type INT64, expected BOOL");
  });

  it('says nothing about attributes that have been reported', () => {
    const { check } = setUp();
    assert.deepEqual(check('reported.one == "x"'), { checked: undefined, diagnostic: undefined });
    assert.deepEqual(check('x.output.y', { reported: ['x.output.'] }), { checked: undefined, diagnostic: undefined });
    assert.notEqual(check('y.output.y', { reported: ['x.output.'] }).diagnostic, undefined);
  });

  it('checks and compiles equal texts once', () => {
    const { check, expressions } = setUp();
    const [one, two] = [check('a == "x"').checked!, check('a == "x"').checked!];
    assert.equal(one, two);
    assert.equal(expressions.compile(one), expressions.compile(two));
    assert.equal(expressions.condition(one), expressions.condition(two));
  });

  it('forgets on demand, and goes on all the same', () => {
    const { check, expressions } = setUp();
    const before = check('a == "x"').checked!;
    expressions.forget();
    const after = check('a == "x"').checked!;
    assert.notEqual(before, after);
    assert.equal(expressions.condition(before), expressions.condition(after));
  });

  it('reads aliases', () => {
    const { check, expressions, vocabulary } = setUp();
    const { checked } = check('other', { aliases: new Map([['other', 'a']]) });
    assert.equal(expressions.compile(checked!)(Bag.fromValues(vocabulary, [['a', 'v']])), 'v');
  });

  it('shortens long texts in messages', () => {
    const { diagnostic } = setUp().check(`nope == "${'x'.repeat(500)}"`);
    assert.ok(diagnostic!.message.length < 250);
  });
});

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Vocabulary } from '../../../src/attributes/index.js';
import { checkExpression, isCompileError } from '../../../src/expr/index.js';
import { expressionHint } from '../../../src/runtime/snapshot/expression-hint.js';

const vocabulary = new Vocabulary();
vocabulary.define('source.labels', 'STRING_MAP');
vocabulary.define('source.workload.name', 'STRING');
vocabulary.define('request.size', 'INT64');
vocabulary.defineHidden('ns/rule/STRING/x.output.value', 'STRING');

const cases: readonly (readonly [title: string, source: string, hint: string])[] = [
  ['quotes for text that is the whole value', 'v1', `; if text is meant, write '"v1"'`],
  ['quotes for text inside of an expression', 'source.workload.name == v1', '; if text is meant, write "v1"'],
  ['a misspelt attribute', 'source.workload.nmae', '; did you mean source.workload.name?'],
  ['a key written with a dot', 'source.labels.app', '; did you mean source.labels["app"]?'],
  ['a key with dots written with dots', 'source.labels.app.kind', '; did you mean source.labels["app.kind"]?'],
  ['nothing for a name like no other', 'my.own.attribute.of.mine', ''],
  ['nothing for hidden names', 'ns.rule.STRING.x.output.valu', ''],
  ['nothing for other mistakes', 'request.size == "x"', ''],
];
for (const [title, source, hint] of cases) {
  it(`expressionHint gives ${title}`, () => {
    const error = checkExpression(source, vocabulary);
    assert(isCompileError(error));
    assert.equal(expressionHint(error, source, vocabulary), hint);
  });
}

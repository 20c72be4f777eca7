import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileYaml, doc, places } from '../../support/toys.js';

const parts = doc('handler', 'h', '{ compiledAdapter: toy }') + doc('metric', 'm', '{}');
const actions = 'actions: [{ handler: h, instances: [m.metric] }]';
const compile = (...specs: readonly string[]) =>
  compileYaml(parts + specs.map((spec, index) => doc('rule', `r${index}`, spec)).join(''));

describe('compileRule', () => {
  it('names the rule by its key', () => {
    const [rule] = compile(`{ ${actions} }`).rules;
    assert.deepEqual([rule!.key, rule!.name, rule!.namespace], ['r0.rule.ns', 'r0', 'ns']);
  });

  for (const match of ['""', '"true"', '" true "', '"  "']) {
    it(`has no condition for the match ${match}`, () => {
      assert.equal(compile(`{ match: ${match}, ${actions} }`).rules[0]!.condition, undefined);
    });
  }

  it('shares the condition of rules whose matches differ by outer spaces only', () => {
    const { rules } = compile(`{ match: connection.mtls, ${actions} }`, `{ match: " connection.mtls ", ${actions} }`);
    assert.equal(rules[0]!.condition, rules[1]!.condition);
    assert.equal(rules[0]!.condition!.source, 'connection.mtls');
  });

  const dropped: readonly (readonly [string, string])[] = [
    ['{ match: response.size, actions: [] }', '11:16 error TYPE_MISMATCH'],
    ['{ match: nope, actions: [] }', '11:16 error EXPRESSION_INVALID'],
    ['{ match: "a ==", actions: [] }', '11:21 error EXPRESSION_INVALID'],
    ['{ match: [a] }', '11:16 error FIELD_TYPE'],
    ['{ nope: a }', '11:9 error UNKNOWN_FIELD'],
  ];
  for (const [spec, place] of dropped) {
    it(`drops ${spec}`, () => {
      const { rules, diagnostics } = compile(spec);
      assert.deepEqual(rules, []);
      assert.equal(places(diagnostics)[0], place);
    });
  }

  it('reports what is wrong with the actions of a rule whose match is wrong', () => {
    const { diagnostics } = compile('{ match: nope, actions: [{ handler: nope, instances: [m.metric] }] }');
    assert.deepEqual(diagnostics.map(({ code }) => code), ['EXPRESSION_INVALID', 'HANDLER_NOT_FOUND']); // prettier-ignore
  });

  it('warns of a rule that says nothing', () => {
    assert.deepEqual(places(compile('{ match: connection.mtls }').diagnostics), ['11:7 warning RULE_EMPTY']);
  });

  it('does not call a rule empty that was emptied by broken references', () => {
    const { diagnostics } = compile('{ actions: [{ handler: nope, instances: [m.metric] }] }');
    assert.deepEqual(diagnostics.map(({ code }) => code), ['HANDLER_NOT_FOUND']); // prettier-ignore
  });
});

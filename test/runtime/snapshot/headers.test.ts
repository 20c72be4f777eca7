import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Bag, WireReader } from '../../../src/attributes/index.js';
import { CompressedAttributes } from '../../../src/gen/istio/mixer/v1/attributes.js';
import { compileYaml, doc, places } from '../../support/toys.js';

const parts =
  doc('handler', 'h', '{ compiledAdapter: toy }') +
  doc('handler', 'oop', '{ adapter: keyval }') +
  doc('lookup', 'l', '{}') +
  doc('instance', 'i', '{ template: keyval }');
const before = parts.split('\n').length - 1;

function compile(spec: string) {
  const configuration = compileYaml(parts + doc('rule', 'r', spec));
  const found = places(configuration.diagnostics.filter(({ line }) => (line ?? 0) > before));
  return { ...configuration, rule: configuration.rules[0]!, found: found.map((one) => one.replace(/^\d+:/, '')) };
}

describe('compileHeaders', () => {
  it('compiles one expression per value and none for a removal', () => {
    const { rule, vocabulary, found } = compile(
      '{ requestHeaderOperations: [{ name: a, values: [request.path, \'"x"\'], operation: APPEND }], ' +
        'responseHeaderOperations: [{ name: b, values: [nope], operation: REMOVE }] }',
    );
    assert.deepEqual(found, []);
    const [operation] = rule.headers.request;
    const bag = Bag.fromValues(vocabulary, [['request.path', '/p']]);
    assert.deepEqual(operation!.values.map((value) => value(bag)), ['/p', 'x']); // prettier-ignore
    assert.equal(operation!.operation, 'APPEND');
    assert.deepEqual(rule.headers.response, [{ name: 'b', operation: 'REMOVE', values: [] }]);
  });

  it('drops all header operations when one value is wrong, and keeps the actions', () => {
    const { rule, found } = compile(
      '{ actions: [{ handler: h, instances: [l.lookup] }], requestHeaderOperations: [{ name: a, values: [\'"x"\'] }], ' +
        'responseHeaderOperations: [{ name: b, values: [response.size, nope] }] }',
    );
    assert.deepEqual(rule.headers, { request: [], response: [] });
    assert.equal(rule.actions.length, 1);
    assert.deepEqual(found.map((one) => one.replace(/^\d+ /, '')), ['error TYPE_MISMATCH', 'error EXPRESSION_INVALID']); // prettier-ignore
  });

  const named = (handler: string, instance: string, value: string) =>
    `{ actions: [{ handler: ${handler}, instances: [${instance}], name: x }], requestHeaderOperations: [{ name: a, values: [${value}] }] }`;

  it('reads the outputs of a named action of the same rule', () => {
    const { rule, vocabulary, found } = compile(named('h', 'l.lookup', 'x.output.user_name'));
    assert.deepEqual(found, []);
    const bag = Bag.fromValues(vocabulary, []);
    bag.overlay(rule.actions[0]!.outputs![0]![1], 'ann');
    assert.equal(rule.headers.request[0]!.values[0]!(bag), 'ann');
  });

  it('cannot be fed an output by the client', () => {
    const { rule, vocabulary } = compile(named('h', 'l.lookup', 'x.output.user_name | "none"'));
    const bag = Bag.fromValues(vocabulary, [['x.output.user_name', 'forged']]);
    assert.equal(rule.headers.request[0]!.values[0]!(bag), 'none');
    assert.deepEqual(bag.captureReferences().list(), []);
  });

  it('cannot be fed an output over the wire, whatever name is guessed', () => {
    const { rule, vocabulary } = compile(named('h', 'l.lookup', 'x.output.user_name | "none"'));
    const names = vocabulary.names().filter((name) => name.includes('user_name'));
    assert.equal(names.length, 1);
    const words = [...names, '', 'forged'];
    const message = CompressedAttributes.fromPartial({ words, strings: { [-1]: -3, [-2]: -3 } });
    const bag = new Bag(vocabulary);
    bag.decode(new WireReader(CompressedAttributes.encode(message).finish()));
    assert.equal(rule.headers.request[0]!.values[0]!(bag), 'none');
  });

  it('keeps outputs of different rules apart', () => {
    const { rules } = compileYaml(
      parts +
        doc('rule', 'r1', named('h', 'l.lookup', 'x.output.user_name')) +
        doc('rule', 'r2', named('h', 'l.lookup', 'x.output.user_name')),
    );
    assert.notEqual(rules[0]!.actions[0]!.outputs![0]![1], rules[1]!.actions[0]!.outputs![0]![1]);
  });

  it('refuses outputs that the template does not have, and those of other rules', () => {
    assert.equal(compile(named('h', 'l.lookup', 'x.output.nope')).found.length, 1);
    assert.equal(compile(named('h', 'l.lookup', 'y.output.user_name')).found.length, 1);
  });

  it('says nothing about outputs of an action that hangs on something reported', () => {
    const { rule, found } = compile(named('oop', 'i', 'x.output.anything'));
    assert.deepEqual(found, []);
    assert.deepEqual(rule.headers.request, []);
  });
});

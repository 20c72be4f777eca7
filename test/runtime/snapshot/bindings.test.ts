import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Bag, standardManifest } from '../../../src/attributes/index.js';
import { compileBindings } from '../../../src/runtime/snapshot/bindings.js';
import { Expressions } from '../../../src/runtime/snapshot/expressions.js';
import { buildVocabulary } from '../../../src/runtime/snapshot/manifests.js';
import { doc, places, pods, resourcesOf } from '../../support/toys.js';

function compile(entries: Readonly<Record<string, string>>) {
  const map = new Map(Object.entries(entries));
  const yaml = JSON.stringify({ attribute_bindings: entries });
  const [resource] = resourcesOf(doc('pods', 'p', yaml));
  const { vocabulary } = buildVocabulary(standardManifest, [pods], []);
  const isReported = (name: string): boolean => name === 'reported.one';
  const expressions = new Expressions(vocabulary, { isReported });
  const context = { resource: resource!, template: pods, expressions, isReported };
  return { vocabulary, ...compileBindings(context, map, 'spec.attributeBindings') };
}

describe('compileBindings', () => {
  it('reads outputs as $out and mixes them with the request', () => {
    const { vocabulary, bindings, diagnostics } = compile({ 'source.name': '$out.pod_name | source.uid | "none"' });
    assert.deepEqual(diagnostics, []);
    const [binding] = bindings.bindings;
    assert.equal(vocabulary.nameOf(binding!.slot), 'source.name');
    assert.equal(binding!.attribute, 'source.name');
    const bag = Bag.fromValues(vocabulary, [['source.uid', 'u']]);
    assert.equal(binding!.evaluate(bag), 'u');
    bag.overlay(bindings.outputs[0]![1], 'pod-1');
    assert.equal(binding!.evaluate(bag), 'pod-1');
  });

  it('lists the outputs that are used', () => {
    const { vocabulary, bindings } = compile({ 'source.ip': '$out.pod_ip', 'source.name': '$out.pod_name' });
    assert.deepEqual(
      bindings.outputs.map(([field, slot]) => [field, vocabulary.nameOf(slot)]),
      [
        ['podName', '/pods/$out.pod_name'],
        ['podIp', '/pods/$out.pod_ip'],
      ],
    );
  });

  it('accepts the qualified name too', () => {
    const { bindings } = compile({ 'source.name': 'adapter_template_pods.output.pod_name' });
    assert.equal(bindings.outputs.length, 1);
    assert.equal(bindings.bindings.length, 1);
  });

  it('reads nothing that a client sends under the qualified name, and leaves no reference', () => {
    const { vocabulary, bindings } = compile({ 'source.name': '$out.pod_name | "none"' });
    const bag = Bag.fromValues(vocabulary, [['adapter_template_pods.output.pod_name', 'forged']]);
    assert.equal(bindings.bindings[0]!.evaluate(bag), 'none');
    assert.deepEqual(bag.captureReferences().list(), []);
  });

  // The column is where the value begins, or where in the expression the mistake is.
  const invalid: readonly (readonly [string, Readonly<Record<string, string>>, string, number?])[] = [
    ['an unknown target', { nope: '$out.pod_name' }, 'BINDING_INVALID'],
    ['another type', { 'source.ip': '$out.pod_name' }, 'BINDING_INVALID'],
    ['an unknown output', { 'source.name': '$out.nope' }, 'EXPRESSION_INVALID'],
    ['an expression that does not parse', { 'source.name': '$out.' }, 'EXPRESSION_INVALID', 6],
  ];
  for (const [what, entries, code, offset = 0] of invalid) {
    it(`refuses ${what}`, () => {
      const { diagnostics, bindings } = compile(entries);
      assert.deepEqual(bindings.bindings, []);
      const column = 33 + Object.keys(entries)[0]!.length + offset;
      assert.deepEqual(places(diagnostics), [`3:${column} error ${code}`]);
    });
  }

  it('is silent about targets that have been reported', () => {
    const { diagnostics, silent } = compile({ 'reported.one': '$out.pod_name' });
    assert.deepEqual([diagnostics, silent], [[], true]);
  });
});

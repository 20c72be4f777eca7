import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  buildVocabulary,
  compileManifest,
  declaredNames,
  outputFields,
} from '../../../src/runtime/snapshot/manifests.js';
import { formatDiagnostic } from '../../../src/util/diagnostics.js';
import { doc, lookup, places, pods, resourcesOf } from '../../support/toys.js';

const manifest = (name: string, attributes: string) =>
  resourcesOf(doc('attributemanifest', name, `{ attributes: ${attributes} }`))[0]!;
const declare = (name: string, attributes: string) => compileManifest(manifest(name, attributes)).value ?? [];

describe('compileManifest', () => {
  it('gives names and types', () => {
    const declared = declare('m', '{ my.attr: { valueType: INT64 }, __proto__: { value_type: STRING } }');
    assert.deepEqual(
      declared.map(({ name, type }) => [name, type]),
      [
        ['my.attr', 'INT64'],
        ['__proto__', 'STRING'],
      ],
    );
  });

  it('leaves out attributes without a type or a name, and is not sound then', () => {
    const { value, sound, diagnostics } = compileManifest(
      manifest('m', '{ a: {}, "": { valueType: STRING }, b: { valueType: URI } }'),
    );
    assert.deepEqual([sound, value?.map(({ name }) => name)], [false, ['b']]);
    assert.deepEqual(places(diagnostics), ['3:26 error FIELD_VALUE', '3:34 error FIELD_VALUE']);
  });
});

describe('declaredNames', () => {
  it('names what a broken manifest wanted to declare', () => {
    assert.deepEqual(declaredNames(manifest('m', '{ a.b: { valueType: NO }, c: { valueType: STRING } }')), [
      'a.b',
      'c',
    ]);
  });
});

describe('outputFields', () => {
  it('names them in snake case', () => {
    assert.deepEqual(outputFields(lookup), [
      { field: 'userName', name: 'user_name', type: 'STRING' },
      { field: 'pin', name: 'pin', type: 'INT64' },
    ]);
  });
});

describe('buildVocabulary', () => {
  const standard = [['request.path', 'STRING']] as const;

  it('holds the standard attributes, the outputs of generators, and the manifests', () => {
    const { vocabulary, diagnostics } = buildVocabulary(
      standard,
      [pods, lookup],
      declare('m', '{ x: { valueType: URI } }'),
    );
    assert.deepEqual(diagnostics, []);
    assert.deepEqual(vocabulary.names(), [
      'request.path',
      'adapter_template_pods.output.pod_name',
      'adapter_template_pods.output.pod_ip',
      'adapter_template_pods.output.pod_labels',
      'x',
    ]);
    assert.equal(vocabulary.typeOf(3), 'STRING_MAP');
  });

  it('takes the same attribute twice when the type is the same', () => {
    const again = declare('m', '{ request.path: { valueType: STRING } }');
    assert.deepEqual(buildVocabulary(standard, [], again).diagnostics, []);
  });

  it('reports another type as a conflict that the first one wins', () => {
    const [first, second] = [declare('a', '{ x: { valueType: URI } }'), declare('b', '{ x: { valueType: INT64 } }')];
    const { vocabulary, diagnostics } = buildVocabulary(standard, [], [...first, ...second]);
    assert.equal(vocabulary.typeOf(vocabulary.slotOf('x')!), 'URI');
    assert.deepEqual(diagnostics.map(formatDiagnostic), [
      "a.yaml:3:26: error ATTRIBUTE_CONFLICT: attribute 'x' is INT64 here but URI in attributemanifest 'a.ns', which counts (attributemanifest 'b.ns' attributes.x)",
    ]);
  });

  it('lets the standard vocabulary win', () => {
    const { vocabulary, diagnostics } = buildVocabulary(
      standard,
      [],
      declare('m', '{ request.path: { valueType: BOOL } }'),
    );
    assert.equal(vocabulary.typeOf(0), 'STRING');
    assert.match(diagnostics[0]!.message, /the standard vocabulary, which counts/);
  });
});

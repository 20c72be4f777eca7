import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Bag, standardManifest, type Value } from '../../../src/attributes/index.js';
import { FieldError } from '../../../src/expr/index.js';
import { createKinds } from '../../../src/runtime/kinds.js';
import { Expressions } from '../../../src/runtime/snapshot/expressions.js';
import { compileInstance } from '../../../src/runtime/snapshot/instances.js';
import { buildVocabulary } from '../../../src/runtime/snapshot/manifests.js';
import { doc, metric, places, resourcesOf, toyTemplates } from '../../support/toys.js';

const kinds = createKinds([], toyTemplates);

function compile(yaml: string) {
  const [resource] = resourcesOf(yaml);
  const { vocabulary } = buildVocabulary(standardManifest, toyTemplates, []);
  const isReported = (name: string): boolean => name === 'reported.one';
  const expressions = new Expressions(vocabulary, { isReported });
  const role = kinds.roleOf(resource!.kind);
  const legacy = role.role === 'instance' ? role.legacy : undefined;
  const outcome = compileInstance(resource!, legacy, { kinds, expressions, isReported });
  const build = (values: Readonly<Record<string, Value>>): object =>
    outcome.value!.builder().build(Bag.fromValues(vocabulary, Object.entries(values)));
  return { ...outcome, build };
}
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (_, item: unknown) => typeof item === 'bigint' ? `${item}n` : item)); // prettier-ignore

describe('compileInstance', () => {
  const params = 'value: response.size | 0, dimensions: { path: request.path, one: "1" }';

  it('builds an instance of a bag, with its qualified name', () => {
    const { value, build } = compile(doc('instance', 'Count', `{ compiledTemplate: metric, params: { ${params} } }`));
    assert.equal(value!.key, 'Count.instance.ns');
    assert.equal(value!.builder().quotaName, 'count');
    assert.deepEqual(plain(build({ 'request.path': '/', 'response.size': 5n })), {
      name: 'Count.instance.ns',
      value: '5n',
      dimensions: { path: '/', one: '1n' },
      monitoredResourceDimensions: {},
    });
  });

  it('takes the legacy form', () => {
    const { value, build } = compile(doc('metric', 'count', `{ ${params} }`));
    assert.equal(value!.key, 'count.metric.ns');
    assert.equal(value!.template, metric);
    assert.equal((build({ 'request.path': '/' }) as { value: unknown }).value, 0n);
  });

  it('takes nothing at all for a spec', () => {
    assert.deepEqual(compile('kind: quota\nmetadata: { name: q }\nspec:\n').diagnostics, []);
  });

  it('gives the failing field of an instance that cannot be built', () => {
    const { build } = compile(doc('metric', 'count', `{ ${params} }`));
    const failure = build({});
    assert.ok(failure instanceof FieldError);
    assert.equal(failure.path, 'Dimensions[path]');
    assert.equal(failure.error.kind, 'LOOKUP_FAILED');
  });

  it('makes its code once', () => {
    const { value } = compile(doc('metric', 'count', `{ ${params} }`));
    assert.equal(value!.builder(), value!.builder());
  });

  it('fingerprints name, template, params and types', () => {
    const print = (yaml: string): string => compile(yaml).value!.fingerprint;
    const base = print(doc('metric', 'a', '{ value: "1" }'));
    assert.equal(base, print(`# a comment\n${doc('metric', 'a', '{ "value": "1" }')}`));
    assert.notEqual(base, print(doc('metric', 'b', '{ value: "1" }')));
    assert.notEqual(base, print(doc('metric', 'a', '{ value: "2" }')));
  });

  it('compiles the bindings of a generator, legacy or not', () => {
    for (const yaml of [
      doc('pods', 'p', '{ source_uid: source.uid, attribute_bindings: { source.name: $out.pod_name } }'),
      doc('instance', 'p', '{ compiledTemplate: pods, attributeBindings: { source.name: $out.pod_name } }'),
    ]) {
      const { value, diagnostics } = compile(yaml);
      assert.deepEqual(diagnostics, []);
      assert.equal(value!.builder().bindings?.bindings.length, 1);
    }
  });

  it('warns of bindings that have no effect', () => {
    const { value, diagnostics } = compile(
      doc('instance', 'i', '{ compiledTemplate: quota, attributeBindings: { a: b } }'),
    );
    assert.deepEqual(places(diagnostics), ['3:53 warning BINDING_INVALID']);
    assert.equal(value!.builder().bindings, undefined);
  });

  const refused: readonly (readonly [string, string, string])[] = [
    ['an unknown template', '{ compiledTemplate: nope }', '3:27 error UNKNOWN_TEMPLATE'],
    ['an out-of-process template', '{ template: metric, params: { nope: 1 } }', '3:19 error NOT_SUPPORTED_YET'],
    ['no template', '{ params: {} }', '3:7 error FIELD_VALUE'],
    ['an unknown field', '{ compiledTemplate: metric, params: { nope: a } }', '3:45 error UNKNOWN_FIELD'],
    ['a number for an expression', '{ compiledTemplate: metric, params: { value: 1 } }', '3:52 error FIELD_TYPE'],
    [
      'a wrong type',
      '{ compiledTemplate: metric, params: { monitoredResourceType: "1" } }',
      '3:68 error TYPE_MISMATCH',
    ],
    ['an unknown spec field', '{ compiledTemplate: metric, paramz: {} }', '3:35 error UNKNOWN_FIELD'],
  ];
  for (const [what, spec, place] of refused) {
    it(`refuses ${what}`, () => {
      const { value, diagnostics } = compile(doc('instance', 'i', spec));
      assert.equal(value, undefined);
      assert.deepEqual(places(diagnostics), [place]);
    });
  }

  it('is left out without a word when it hangs on something reported', () => {
    const { value, diagnostics } = compile(doc('metric', 'm', '{ value: reported.one }'));
    assert.deepEqual([value, diagnostics], [undefined, []]);
  });
});

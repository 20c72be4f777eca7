import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeSpec, parseResources, type Resource } from '../../src/config/index.js';
import { defaultOf } from '../../src/config/decode.js';
import { Duration } from '../../src/util/duration.js';
import { s } from '../../src/util/schema.js';
import { type Sample, sampleSchema } from './sample-schema.js';

function resourceOf(spec: string): Resource {
  const text = `kind: sample\nmetadata: {name: a}\nspec:\n${spec.replace(/^/gm, '  ')}`;
  const { resources, diagnostics } = parseResources(text, { file: 'f', defaultNamespace: 'default' });
  assert.deepEqual(diagnostics, []);
  return resources[0]!;
}

function decode(spec: string): Sample {
  const { value, diagnostics } = decodeSpec(resourceOf(spec), sampleSchema);
  assert.deepEqual(diagnostics, []);
  return value;
}

function problems(spec: string): readonly string[] {
  return decodeSpec(resourceOf(spec), sampleSchema).diagnostics.map(({ code, path }) => `${code} ${path}`);
}

const defaults: Sample = {
  name: '',
  enabled: true,
  count: 3,
  maxAmount: 7n,
  ratio: 0.5,
  every: Duration.fromSeconds(10),
  shape: 'FLAT',
  names: [],
  labels: new Map([['from', 'default']]),
  child: { name: 'nobody' },
  children: [],
  maybe: undefined,
  left: '',
  right: '',
  any: undefined,
};

describe('decodeSpec()', () => {
  it('gives the defaults where nothing is said', () => {
    assert.deepEqual(decode(''), defaults);
    assert.deepEqual(decode('name: ~\nenabled:\nlabels: ~\nchild: null\nmaybe: ~\nnames: ~\ncount: ~'), defaults);
  });

  it('reads every kind of field', () => {
    const spec = `name: b
enabled: off
count: -2147483648
maxAmount: 9223372036854775807
ratio: 2
every: 1h30m
shape: ROUND
names: [a, "n"]
labels: {a: b}
child: {name: c}
children: [{name: d}, {}]
maybe: {}
left: l
any: {a: [1, 1.5, ~, x, {b: true}]}`;
    assert.deepEqual(decode(spec), {
      name: 'b',
      enabled: false,
      count: -2147483648,
      maxAmount: 9223372036854775807n,
      ratio: 2,
      every: new Duration(5400, 0),
      shape: 'ROUND',
      names: ['a', 'n'],
      labels: new Map([['a', 'b']]),
      child: { name: 'c' },
      children: [{ name: 'd' }, { name: '' }],
      maybe: { name: '' },
      left: 'l',
      right: '',
      any: new Map([['a', [1n, 1.5, null, 'x', new Map([['b', true]])]]]),
    });
  });

  it('takes snake_case for lowerCamel', () => {
    assert.equal(decode('max_amount: 5').maxAmount, 5n);
    assert.deepEqual(problems('max_Amount: 5'), ['UNKNOWN_FIELD spec.max_Amount']);
  });

  it('replaces lists and maps whole, and fields of messages one by one', () => {
    assert.deepEqual(decode('labels: {}').labels, new Map());
    assert.deepEqual(decode('child: {}').child, { name: 'nobody' });
  });

  it('knows a oneof only by what is given', () => {
    assert.equal(decode('left: a\nright: ~').left, 'a');
    assert.deepEqual(problems('left: a\nright: ""'), ['FIELD_VALUE spec.right']);
  });

  it('reports every problem and keeps what is sound', () => {
    const { value, diagnostics } = decodeSpec(
      resourceOf('nome: x\ncount: many\nname: ok\nchildren: [{name: [1]}, text]\nlabels: {a: 1, b: c}'),
      sampleSchema,
    );
    assert.deepEqual(
      diagnostics.map(({ code, path, line }) => [code, path, line]),
      [
        ['UNKNOWN_FIELD', 'spec.nome', 4],
        ['FIELD_TYPE', 'spec.count', 5],
        ['FIELD_TYPE', 'spec.labels.a', 8],
        ['FIELD_TYPE', 'spec.children[0].name', 7],
        ['FIELD_TYPE', 'spec.children[1]', 7],
      ],
    );
    assert.equal(value.name, 'ok');
    assert.equal(value.count, 3);
  });

  it('takes no inherited name for a field', () => {
    assert.deepEqual(problems('__proto__: {}\nconstructor: x\ntoString: y'), [
      'UNKNOWN_FIELD spec.__proto__',
      'UNKNOWN_FIELD spec.constructor',
      'UNKNOWN_FIELD spec.toString',
    ]);
    assert.deepEqual([...decode('labels: {__proto__: a}').labels], [['__proto__', 'a']]);
  });

  it('decodes a part of the spec, in either spelling', () => {
    const resource = resourceOf('compiledAdapter: x\nsome_params: {inner: {name: deep, nope: 1}}');
    const inner = s.message({ name: s.string() });
    const { value, diagnostics } = decodeSpec(resource, inner, 'spec.someParams.inner');
    assert.equal(value.name, 'deep');
    assert.deepEqual(
      diagnostics.map(({ path, line, column }) => [path, line, column]),
      [['spec.someParams.inner.nope', 5, 37]],
    );
    assert.deepEqual(decodeSpec(resource, inner, 'spec.absent').value, { name: '' });
    assert.throws(() => decodeSpec(resource, inner, 'metadata'), /invariant/);
  });

  it('freezes everything', () => {
    const value = decode('names: [a]\nlabels: {a: b}\nchild: {}\nany: {a: [1]}');
    for (const part of [value, value.names, value.child, defaultOf(sampleSchema)]) assert.ok(Object.isFrozen(part));
    const any = value.any as Map<string, unknown>;
    assert.ok(Object.isFrozen(any.get('a')));
    for (const map of [value.labels, any, decode('').labels]) {
      assert.throws(() => (map as Map<string, unknown>).set('x', 'y'), TypeError);
    }
  });

  it('does not share the default map of a schema', () => {
    assert.equal(sampleSchema.fields['labels']?.kind, 'map');
    assert.notEqual(decode('').labels, sampleSchema.fields['labels'].default);
  });
});

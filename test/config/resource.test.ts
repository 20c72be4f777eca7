import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseResources, type Resource, resourceKey } from '../../src/config/index.js';

function parse(text: string): readonly Resource[] {
  const { resources, diagnostics } = parseResources(text, { file: 'f.yaml', defaultNamespace: 'home' });
  assert.deepEqual(diagnostics, []);
  return resources;
}

const full = `apiVersion: config.istio.io/v1alpha2
kind: handler
metadata:
  name: quota
  namespace: istio-system
  labels: {app: mixer, "n": "5", empty: }
  annotations:
    note: hello
spec:
  match: source.name == "a"
  params:
    overrides:
    - max_amount: 5
`;

describe('a resource', () => {
  const [resource] = parse(full) as [Resource];

  it('says when it was created, which counts for its digest', () => {
    const of = (time: string) => parse(`kind: a\nmetadata: {name: x${time}}`)[0];
    const [none, one, two] = ['', ', creationTimestamp: 2019-01-01T00:00:00Z', ', creationTimestamp: yesterday'].map(
      of,
    );
    assert.deepEqual(
      [none, one, two].map((resource) => resource?.creationTimestamp),
      ['', '2019-01-01T00:00:00Z', 'yesterday'],
    );
    assert.equal(new Set([none, one, two].map((resource) => resource?.digest)).size, 3);
  });

  it('has the envelope read', () => {
    const { apiVersion, kind, name, namespace, file } = resource;
    assert.deepEqual(
      [apiVersion, kind, name, namespace, file],
      ['config.istio.io/v1alpha2', 'handler', 'quota', 'istio-system', 'f.yaml'],
    );
    assert.deepEqual(
      [...resource.labels],
      [
        ['app', 'mixer'],
        ['n', '5'],
        ['empty', ''],
      ],
    );
    assert.deepEqual([...resource.annotations], [['note', 'hello']]);
    assert.ok(Object.isFrozen(resource));
  });

  it('takes the default namespace when it names none', () => {
    for (const metadata of ['{name: a}', '{name: a, namespace: ""}', '{name: a, namespace: ~}']) {
      assert.equal(parse(`kind: rule\nmetadata: ${metadata}`)[0]?.namespace, 'home');
    }
  });

  it('may do without apiVersion and spec', () => {
    const [bare] = parse('kind: rule\nmetadata: {name: a}') as [Resource];
    assert.equal(bare.apiVersion, '');
    assert.deepEqual(bare.position('spec.match'), { file: 'f.yaml', line: 1, column: 1 });
  });

  it('does not check apiVersion, and ignores what else stands beside', () => {
    assert.equal(parse('kind: rule\napiVersion: 5\nmetadata: {name: a, uid: 7}\nstatus: [x]')[0]?.apiVersion, '5');
  });

  it('knows the places of its parts', () => {
    const at = (path?: string, offset?: number) => {
      const { line, column } = resource.position(path, offset);
      return [line, column];
    };
    assert.deepEqual(at(), [1, 1]);
    assert.deepEqual(at('metadata.name'), [4, 9]);
    assert.deepEqual(at('spec.params.overrides[0].maxAmount'), [13, 19]);
    assert.deepEqual(at('spec.params.overrides[0].validDuration'), [13, 7]);
    assert.deepEqual(at('spec.match', 15), [10, 25]);
    assert.deepEqual(at('spec.params', 15), [12, 5]);
  });

  it('has a key that is its kind, namespace and name', () => {
    const [a, b, c] = parse(
      'kind: a\nmetadata: {name: b}\n---\nkind: a\nmetadata: {name: b}\n---\nkind: a\nmetadata: {name: home}',
    );
    assert.equal(resourceKey(a!), resourceKey(b!));
    assert.notEqual(resourceKey(a!), resourceKey(c!));
  });
});

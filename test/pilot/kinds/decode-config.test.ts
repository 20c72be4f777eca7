import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeConfig, kindOf } from '../../../src/pilot/kinds/decode-config.js';
import type { VirtualService } from '../../../src/pilot/kinds/virtual-service.js';
import { hasErrors } from '../../../src/util/diagnostics.js';
import { resourcesOf } from '../support.js';

function first(yaml: string) {
  const [resource] = resourcesOf(yaml);
  assert(resource !== undefined);
  return resource;
}

describe('kindOf()', () => {
  const rows: readonly [apiVersion: string, kind: string, known: boolean][] = [
    ['networking.istio.io/v1alpha3', 'Gateway', true],
    ['networking.istio.io/v1beta1', 'Gateway', true],
    ['networking.istio.io/v1', 'Gateway', true],
    ['', 'Gateway', true],
    ['gateway.networking.k8s.io/v1', 'Gateway', false],
    ['networking.istio.io/v1alpha3', 'QuotaSpec', false],
    ['config.istio.io/v1alpha2', 'QuotaSpec', true],
    ['fairlead.dev/v1', 'Services', true],
    ['v1', 'Service', false],
    ['', 'toString', false],
    ['', '__proto__', false],
  ];
  for (const [apiVersion, kind, known] of rows) {
    it(`${known ? 'knows' : 'leaves alone'} ${kind} of "${apiVersion}"`, () => {
      const resource = first(`apiVersion: "${apiVersion}"\nkind: ${kind}\nmetadata: {name: a}`);
      assert.equal(kindOf(resource), known ? kind : undefined);
    });
  }
});

describe('decodeConfig()', () => {
  it('reads the time of creation', () => {
    const { config } = decodeConfig(
      first('kind: MeshConfig\nmetadata: {name: a, creationTimestamp: 2019-11-01T10:00:00Z}'),
      'MeshConfig',
    );
    assert.equal(config?.createdAt, Date.UTC(2019, 10, 1, 10));
    assert.equal(decodeConfig(first('kind: MeshConfig\nmetadata: {name: a}'), 'MeshConfig').config?.createdAt, 0);
  });

  it('refuses a time that is none', () => {
    const resource = first('kind: MeshConfig\nmetadata: {name: a, creationTimestamp: yesterday}');
    const [found] = decodeConfig(resource, 'MeshConfig').diagnostics;
    assert.equal(found?.code, 'FIELD_VALUE');
    assert.deepEqual([found.line, found.column], [2, 40]);
  });

  it('tells all mistakes of a resource in the order of their places', () => {
    const { config, diagnostics } = decodeConfig(
      first(`kind: VirtualService
metadata: {name: a}
spec:
  hosts: [a_b]
  extra: 1
  http:
  - timeout: soon
    route:
    - destination: {host: b, subset: x.y}
      weight: 20
    - destination: {}
      weight: 20
    retries: {attempts: 0, retryOn: never}
  exportTo: [here]
`),
      'VirtualService',
    );
    assert.equal(config, undefined);
    assert.deepEqual(
      diagnostics.map(({ line, code, path }) => [line, code, path?.replace(/^VirtualService 'a.default' /, '')]),
      [
        [4, 'FIELD_VALUE', 'hosts[0]'],
        [5, 'UNKNOWN_FIELD', 'extra'],
        [7, 'FIELD_VALUE', 'http[0].timeout'],
        [9, 'CONFIG_INVALID', 'http[0].route'],
        [9, 'FIELD_VALUE', 'http[0].route[0].destination.subset'],
        [11, 'CONFIG_INVALID', 'http[0].route[1].destination.host'],
        [13, 'CONFIG_INVALID', 'http[0].retries'],
        [13, 'FIELD_VALUE', 'http[0].retries.retryOn'],
        [14, 'FIELD_VALUE', 'exportTo[0]'],
      ],
    );
  });

  it('has no more to say about what did not decode', () => {
    const { diagnostics } = decodeConfig(first('kind: Sidecar\nmetadata: {name: a}\nspec: {egress: 5}'), 'Sidecar');
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ['FIELD_TYPE'],
    );
  });

  it('keeps a resource that has warnings only', () => {
    const { config, diagnostics } = decodeConfig(
      first('kind: DestinationRule\nmetadata: {name: a}\nspec: {host: a, subsets: [{name: v}, {name: v}]}'),
      'DestinationRule',
    );
    assert(config !== undefined);
    assert.equal(diagnostics.length, 1);
    assert(!hasErrors(diagnostics));
  });

  it('decodes a resource once', () => {
    const resource = first('kind: MeshConfig\nmetadata: {name: a}');
    assert.equal(decodeConfig(resource, 'MeshConfig'), decodeConfig(resource, 'MeshConfig'));
  });

  it('takes hostile keys as keys', () => {
    const { config } = decodeConfig(
      first(`kind: VirtualService
metadata: {name: a}
spec:
  hosts: [a]
  http: [{match: [{headers: {__proto__: {exact: x}, constructor: {}}}], route: [{destination: {host: b}}]}]`),
      'VirtualService',
    );
    const spec = config?.spec as VirtualService;
    assert.deepEqual([...(spec.http[0]?.match[0]?.headers.keys() ?? [])], ['__proto__', 'constructor']);
  });
});

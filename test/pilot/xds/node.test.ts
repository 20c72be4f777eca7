import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Node } from '../../../src/gen/envoy/config/core/v3/base.js';
import { flavourOf, proxyOfNode, type XdsNode } from '../../../src/pilot/xds/index.js';
import { readNode } from '../../../src/pilot/xds/node.js';

const id = 'router~10.0.0.1~pod-1.shop~shop.svc.cluster.local';
const nodeOf = (given: Partial<XdsNode> = {}): XdsNode => ({
  id,
  cluster: '',
  metadata: {},
  locality: '',
  agent: '',
  ...given,
});

describe('a node', () => {
  it('says who it is in its id', () => {
    assert.deepEqual(proxyOfNode(nodeOf({ locality: 'r/z' })), {
      id: 'pod-1.shop',
      type: 'router',
      namespace: 'shop',
      labels: new Map(),
      ips: ['10.0.0.1'],
      locality: 'r/z',
    });
  });

  it('says more in its metadata, which counts more', () => {
    const metadata = { NAMESPACE: 'own', LABELS: { app: 'a', n: 1 }, INSTANCE_IPS: '10.0.0.1, 10.0.0.2' };
    const proxy = proxyOfNode(nodeOf({ metadata }));
    assert.equal(proxy.namespace, 'own');
    assert.deepEqual([...proxy.labels], [['app', 'a']]);
    assert.deepEqual(proxy.ips, ['10.0.0.1', '10.0.0.2']);
  });

  it('is a sidecar of the default namespace where it says nothing', () => {
    for (const plain of ['some name', 'sidecar~~~']) {
      const { type, namespace } = proxyOfNode(nodeOf({ id: plain }));
      assert.deepEqual([type, namespace], ['sidecar', 'default']);
    }
  });

  it('may be hostile', () => {
    const metadata = { LABELS: 'text', NAMESPACE: { a: 1 }, INSTANCE_IPS: 5 } as Record<string, unknown>;
    assert.deepEqual([...proxyOfNode(nodeOf({ metadata })).labels], []);
    const bytes = Node.encode(
      Node.fromPartial({ id: 'x', metadata: JSON.parse('{"__proto__":{"NAMESPACE":"evil"}}') as object }),
    ).finish();
    const read = readNode(Node.decode(bytes));
    assert.equal(proxyOfNode(read!).namespace, 'default');
    assert.equal(({} as Record<string, unknown>)['NAMESPACE'], undefined);
  });

  it('needs an id', () => {
    assert.equal(readNode(undefined), undefined);
    assert.equal(readNode(Node.create({})), undefined);
    assert.equal(readNode(Node.create({ id, locality: { region: 'r', zone: '', subZone: '' } }))?.locality, 'r');
  });

  it('gets the flavour that it asks for, else the one of its kind', () => {
    const flavours = [
      nodeOf({ metadata: { GENERATOR: 'grpc' } }),
      nodeOf({ agent: 'gRPC Node Pure JS' }),
      nodeOf({ agent: 'fairlead' }),
      nodeOf({ agent: 'envoy', metadata: { GENERATOR: 'other' } }),
    ].map(flavourOf);
    assert.deepEqual(flavours, ['grpc', 'grpc', 'fairlead', 'envoy']);
  });
});

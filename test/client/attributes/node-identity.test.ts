import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { nodeAttributes } from '../../../src/client/attributes/node-identity.js';
import { readNodeIdentity } from '../../../src/client/index.js';

describe('who a node is (1.2)', () => {
  it('is what its metadata say', () => {
    const metadata = new Map([
      ['NODE_UID', 'kubernetes://x.y'],
      ['NODE_NAMESPACE', 'y'],
    ]);
    assert.deepEqual(readNodeIdentity({ id: 'sidecar~1.1.1.1~a.b~c', metadata }), {
      uid: 'kubernetes://x.y',
      namespace: 'y',
    });
  });

  it('or else what its id says', () => {
    assert.deepEqual(readNodeIdentity({ id: 'sidecar~1.1.1.1~pod.name.ns~ns.svc.cluster.local' }), {
      uid: 'kubernetes://pod.name.ns',
      namespace: 'ns',
    });
    for (const id of ['', 'sidecar', 'sidecar~1~pod~d', 'a~b~c.d']) assert.equal(readNodeIdentity({ id }), undefined);
  });

  it('is said of the destination inbound, of the source outbound', () => {
    const node = { uid: 'u', namespace: 'n' };
    assert.deepEqual(Object.fromEntries(nodeAttributes(node, 'inbound')), {
      'destination.uid': 'u',
      'destination.namespace': 'n',
      'context.reporter.uid': 'u',
    });
    assert.deepEqual(Object.fromEntries(nodeAttributes(node, 'outbound')), {
      'source.uid': 'u',
      'source.namespace': 'n',
      'context.reporter.uid': 'u',
    });
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DiscoveryRequest, DiscoveryResponse } from '../../../src/gen/envoy/service/discovery/v3/discovery.js';
import { createXdsServer, typeUrls } from '../../../src/pilot/xds/index.js';
import { ownTypeUrls, type ResourceKind, settingsTypeUrl } from '../../../src/pilot/xds/resource.js';
import { sotw } from '../../../src/pilot/xds/sotw.js';
import { toFairleadSnapshot } from '../../../src/pilot/build/fairlead/index.js';
import { shop } from '../../proxy/xds/shop.js';
import { realEnv } from './net.js';

describe('types of our own', () => {
  const server = createXdsServer({ env: realEnv(), snapshotFor: () => toFairleadSnapshot(shop(), '1') });
  const connect = () => {
    const seen: DiscoveryResponse[] = [];
    const node = { id: 'a', cluster: '', metadata: {}, locality: '', agent: '' };
    const connection = server.connect(node, sotw, {
      write: (message, done) => {
        seen.push(DiscoveryResponse.decode(message));
        done();
      },
      stall: () => undefined,
      overflow: () => undefined,
    });
    const ask = (typeUrl: string, resourceNames: string[] = []): DiscoveryResponse | undefined => {
      connection.receive(DiscoveryRequest.create({ typeUrl, resourceNames }));
      const response = seen.pop();
      if (response === undefined) return undefined;
      const { nonce: responseNonce, versionInfo } = response;
      connection.receive(DiscoveryRequest.create({ typeUrl, resourceNames, responseNonce, versionInfo }));
      return response;
    };
    return { ask, close: () => connection.close() };
  };

  it('are served as the state of the world too, with the settings among the listeners', () => {
    const { ask, close } = connect();
    const got = (kind: ResourceKind, names?: string[]) => {
      const response = ask(ownTypeUrls[kind], names);
      return [response?.typeUrl, response?.resources.map(({ typeUrl }) => typeUrl)];
    };
    assert.deepEqual(got('cluster'), [ownTypeUrls.cluster, [ownTypeUrls.cluster]]);
    assert.deepEqual(got('endpoints', ['a']), [ownTypeUrls.endpoints, [ownTypeUrls.endpoints]]);
    assert.deepEqual(got('listener'), [ownTypeUrls.listener, [ownTypeUrls.listener, settingsTypeUrl]]);
    assert.deepEqual(got('route', ['t']), [ownTypeUrls.route, [ownTypeUrls.route]]);
    close();
  });

  it('are not mixed with those of Envoy on one stream: the first request of a kind says which', () => {
    const { ask, close } = connect();
    assert.notEqual(ask(ownTypeUrls.cluster), undefined);
    assert.equal(ask(typeUrls.cluster), undefined);
    close();
  });
});

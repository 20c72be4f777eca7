import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  HttpConnectionManager,
  HttpConnectionManager_ForwardClientCertDetails as Forward,
} from '../../../../src/gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.js';
import type { EnvoyOptions } from '../../../../src/pilot/build/envoy/index.js';
import { buildHttp } from '../../../../src/pilot/build/envoy/hcm.js';
import { resource, viewOf } from '../../support.js';

function managerAt(
  side: 'inbound' | 'outbound' | 'gateway',
  mesh = '{}',
  options: EnvoyOptions = {},
): HttpConnectionManager {
  const view = viewOf(resource('MeshConfig', 'mesh', mesh));
  const { filters } = buildHttp({ view, options }, { side, protocol: undefined, statPrefix: 'p', routes: 'r' });
  return HttpConnectionManager.decode(filters[0]!.typedConfig!.value);
}

describe('a listener for HTTP', () => {
  it('has its filters in order, the router last', () => {
    const names = managerAt('inbound').httpFilters.map(({ name }) => name);
    assert.deepEqual(names, ['envoy.filters.http.cors', 'envoy.filters.http.fault', 'envoy.filters.http.router']);
  });

  it('is what Istio makes of it', () => {
    const {
      statPrefix,
      rds,
      serverName,
      normalizePath,
      generateRequestId,
      streamIdleTimeout,
      upgradeConfigs,
      accessLog,
    } = managerAt('outbound');
    assert.deepEqual([statPrefix, rds?.routeConfigName, serverName], ['p', 'r', 'istio-envoy']);
    assert.deepEqual([normalizePath, generateRequestId, accessLog.length], [true, true, 1]);
    assert.deepEqual(streamIdleTimeout, { seconds: 0n, nanos: 0 });
    assert.deepEqual(upgradeConfigs, [{ upgradeType: 'websocket' }]);
  });

  for (const [side, forward, trusts, cert] of [
    ['outbound', Forward.SANITIZE, false, undefined],
    ['inbound', Forward.APPEND_FORWARD, false, false],
    ['gateway', Forward.SANITIZE_SET, true, true],
  ] as const) {
    it(`tells services of the caller as it is right: ${side}`, () => {
      const manager = managerAt(side);
      assert.deepEqual([manager.forwardClientCertDetails, manager.useRemoteAddress], [forward, trusts]);
      assert.equal(manager.setCurrentClientCertDetails?.cert, cert);
    });
  }

  it('traces as many requests as it is told, or none', () => {
    assert.deepEqual(managerAt('inbound').tracing?.randomSampling, { value: 100 });
    assert.deepEqual(managerAt('inbound', '{}', { traceSampling: 1.5 }).tracing?.randomSampling, { value: 1.5 });
    assert.deepEqual(managerAt('inbound', '{}', { traceSampling: -3 }).tracing?.randomSampling, { value: 0 });
    assert.equal(managerAt('inbound', '{ enableTracing: false }').tracing, undefined);
  });
});

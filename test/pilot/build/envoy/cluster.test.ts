import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  Cluster_DiscoveryType as Discovery,
  Cluster_LbPolicy as LbPolicy,
} from '../../../../src/gen/envoy/config/cluster/v3/cluster.js';
import { HttpProtocolOptions } from '../../../../src/gen/envoy/extensions/upstreams/http/v3/http_protocol_options.js';
import { resource, servicesOf } from '../../support.js';
import { build, clusterOf } from './support.js';

const rule = (policy: string, more = ''): string =>
  resource('DestinationRule', 'a', `{ host: a, trafficPolicy: ${policy}${more} }`);
const optionsName = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

function policyCluster(policy: string) {
  return build(servicesOf(['a']) + rule(policy)).cluster(clusterOf('a'));
}

function protocolOf(port: string, policy = '') {
  const yaml = servicesOf(['a'], port) + policy;
  const any = build(yaml).cluster(clusterOf('a')).typedExtensionProtocolOptions[optionsName];
  return any && HttpProtocolOptions.decode(any.value);
}

describe('clusters of services', () => {
  it('are there for each port and subset, but not for UDP', () => {
    const ports = '{ name: http, port: 80 }, { name: grpc-b, port: 81 }, { name: udp-c, port: 82, protocol: UDP }';
    const { snapshot } = build(
      servicesOf(['a'], ports) +
        resource('DestinationRule', 'a', '{ host: a, subsets: [{ name: v1, labels: { v: v1 } }] }'),
    );
    const names = [...snapshot.cluster.keys()].filter((name) => name.startsWith('outbound|'));
    assert.deepEqual(names, [clusterOf('a'), clusterOf('a', 80, 'v1'), clusterOf('a', 81), clusterOf('a', 81, 'v1')]);
  });

  it('get their endpoints by the stream that they came on', () => {
    const { snapshot, cluster } = build(servicesOf(['a']));
    const { type, edsClusterConfig } = cluster(clusterOf('a'));
    assert.equal(type, Discovery.EDS);
    assert.equal(edsClusterConfig?.serviceName, clusterOf('a'));
    assert.ok(edsClusterConfig.edsConfig?.ads);
    const references = snapshot.cluster.get(clusterOf('a'))?.references;
    assert.deepEqual(references, [{ kind: 'endpoints', name: clusterOf('a') }]);
  });

  it('look up names, and hold them', () => {
    const entry = `{ hosts: [x.example.com], resolution: DNS, ports: [{ number: 80, name: http, protocol: HTTP }] }`;
    const { cluster, snapshot } = build(resource('ServiceEntry', 'x', entry));
    const name = 'outbound|80||x.example.com';
    const { type, loadAssignment, dnsRefreshRate } = cluster(name);
    assert.equal(type, Discovery.STRICT_DNS);
    const [place] = loadAssignment?.endpoints.flatMap(({ lbEndpoints }) => lbEndpoints) ?? [];
    assert.deepEqual(place?.endpoint?.address?.socketAddress, { address: 'x.example.com', portValue: 80 });
    assert.equal(dnsRefreshRate, undefined, "it is Envoy's own");
    assert.equal(snapshot.endpoints.get(name), undefined);
  });

  it('go where the client wanted to go, if nobody says where that is', () => {
    const entry = `{ hosts: [x.example.com], resolution: NONE, ports: [{ number: 80, name: http, protocol: HTTP }] }`;
    const policy = `{ loadBalancer: { consistentHash: { useSourceIp: true } }, outlierDetection: {} }`;
    const yaml =
      resource('ServiceEntry', 'x', entry) +
      resource('DestinationRule', 'x', `{ host: x.example.com, trafficPolicy: ${policy} }`);
    const { type, lbPolicy, ringHashLbConfig, commonLbConfig } = build(yaml).cluster('outbound|80||x.example.com');
    assert.deepEqual([type, lbPolicy], [Discovery.ORIGINAL_DST, LbPolicy.CLUSTER_PROVIDED]);
    assert.equal(ringHashLbConfig, undefined);
    assert.equal(commonLbConfig?.localityWeightedLbConfig, undefined);
  });

  it('do so too when a policy wants it, but not at a gateway', () => {
    const yaml = servicesOf(['a']) + rule('{ loadBalancer: { simple: PASSTHROUGH } }');
    assert.equal(build(yaml).cluster(clusterOf('a')).type, Discovery.ORIGINAL_DST);
    const { type, lbPolicy } = build(yaml, { type: 'router' }).cluster(clusterOf('a'));
    assert.deepEqual([type, lbPolicy], [Discovery.EDS, LbPolicy.ROUND_ROBIN]);
  });
});

describe('policies of clusters', () => {
  it('say who gets a request', () => {
    const balancers = ['ROUND_ROBIN', 'LEAST_CONN', 'RANDOM'].map(
      (simple) => policyCluster(`{ loadBalancer: { simple: ${simple} } }`).lbPolicy,
    );
    assert.deepEqual(balancers, [LbPolicy.ROUND_ROBIN, LbPolicy.LEAST_REQUEST, LbPolicy.RANDOM]);
  });

  it('have a ring of a size that Envoy takes', () => {
    const sizes = ['', ', minimumRingSize: 64', ', minimumRingSize: 99999999'].map((size) => {
      const { lbPolicy, ringHashLbConfig } = policyCluster(
        `{ loadBalancer: { consistentHash: { useSourceIp: true${size} } } }`,
      );
      assert.equal(lbPolicy, LbPolicy.RING_HASH);
      return ringHashLbConfig?.minimumRingSize;
    });
    assert.deepEqual(sizes, [1024n, 64n, 8_388_608n]);
  });

  it('limit what they say, and nothing else', () => {
    const pool =
      '{ tcp: { maxConnections: 3, connectTimeout: 2s }, http: { http1MaxPendingRequests: 4, maxRetries: 5 } }';
    const { circuitBreakers, connectTimeout } = policyCluster(`{ connectionPool: ${pool} }`);
    const [{ maxConnections, maxPendingRequests, maxRequests, maxRetries }] = circuitBreakers!.thresholds as [
      NonNullable<typeof circuitBreakers>['thresholds'][0],
    ];
    assert.deepEqual([maxConnections, maxPendingRequests, maxRequests, maxRetries], [3, 4, 0xffff_ffff, 5]);
    assert.deepEqual(connectTimeout, { seconds: 2n, nanos: 0 });
  });

  it('keep connections alive as far as systems can', () => {
    const keepalive = (fields: string) =>
      policyCluster(`{ connectionPool: { tcp: { tcpKeepalive: { ${fields} } } } }`).upstreamConnectionOptions
        ?.tcpKeepalive;
    const of = (fields: string): readonly unknown[] => {
      const { keepaliveProbes, keepaliveTime, keepaliveInterval } = keepalive(fields) ?? {};
      return [keepaliveProbes, keepaliveTime, keepaliveInterval];
    };
    assert.deepEqual(of('probes: 3, time: 7200s, interval: 75s'), [3, 7200, 75]);
    assert.deepEqual(of('time: 1ms'), [undefined, 1, undefined]);
    assert.deepEqual(of('probes: 2147483647, time: 2562047h, interval: 2562047h'), [127, 32_767, 32_767]);
  });

  it('eject after gateway errors only, at least one, and never use all when none is well', () => {
    const { outlierDetection, commonLbConfig } = policyCluster(
      '{ outlierDetection: { consecutiveErrors: 7, interval: 1s } }',
    );
    assert.equal(outlierDetection?.consecutiveGatewayFailure, 7);
    assert.equal(outlierDetection.enforcingConsecutiveGatewayFailure, 100);
    assert.equal(outlierDetection.enforcingConsecutive5xx, 0);
    assert.equal(outlierDetection.alwaysEjectOneHost, true);
    assert.deepEqual(outlierDetection.interval, { seconds: 1n, nanos: 0 });
    assert.equal(outlierDetection.baseEjectionTime, undefined);
    assert.deepEqual(commonLbConfig?.healthyPanicThreshold, { value: 0 });
    assert.ok(commonLbConfig.localityWeightedLbConfig);
  });

  it('leave endpoints alone and places unweighted when they do not say otherwise', () => {
    const { outlierDetection, commonLbConfig } = build(servicesOf(['a'])).cluster(clusterOf('a'));
    assert.equal(outlierDetection, undefined);
    assert.equal(commonLbConfig?.localityWeightedLbConfig, undefined);
  });

  it('are those of the subset over those of the rule, and of the port over both', () => {
    const subset = '{ name: v1, labels: { v: v1 }, trafficPolicy: { loadBalancer: { simple: RANDOM } } }';
    const port = 'portLevelSettings: [{ port: { number: 81 }, loadBalancer: { simple: LEAST_CONN } }]';
    const yaml =
      servicesOf(['a'], '{ name: http, port: 80 }, { name: http-b, port: 81 }') +
      rule(`{ connectionPool: { tcp: { maxConnections: 3 } }, ${port} }`, `, subsets: [${subset}]`);
    const { cluster } = build(yaml);
    const found = [clusterOf('a'), clusterOf('a', 80, 'v1'), clusterOf('a', 81), clusterOf('a', 81, 'v1')].map(
      (name) => {
        const { lbPolicy, circuitBreakers } = cluster(name);
        return `${LbPolicy[lbPolicy]} ${circuitBreakers?.thresholds[0]?.maxConnections}`;
      },
    );
    const unlimited = 0xffff_ffff;
    assert.deepEqual(found, ['ROUND_ROBIN 3', 'RANDOM 3', `LEAST_REQUEST ${unlimited}`, `RANDOM ${unlimited}`]);
  });

  it('ask for health as an annotation says', () => {
    const annotated = `---
kind: DestinationRule
metadata: { name: a, annotations: { fairlead.dev/health-check: "{ path: /ok, interval: 2s }" } }
spec: { host: a, trafficPolicy: { loadBalancer: { simple: RANDOM } } }
`;
    const [check] = build(servicesOf(['a']) + annotated).cluster(clusterOf('a')).healthChecks;
    assert.equal(check?.httpHealthCheck?.path, '/ok');
    assert.equal(check.httpHealthCheck.host, 'a.default.svc.cluster.local');
    assert.deepEqual([check.interval?.seconds, check.timeout?.seconds], [2n, 1n]);
    assert.deepEqual([check.healthyThreshold, check.unhealthyThreshold], [1, 1]);
  });

  it('tell whose they are', () => {
    const { metadata } = policyCluster('{ loadBalancer: { simple: RANDOM } }');
    const config = '/apis/networking.istio.io/v1alpha3/namespaces/default/destination-rule/a';
    assert.deepEqual(metadata?.filterMetadata['istio'], { config });
  });
});

describe('the protocol of clusters', () => {
  it('is HTTP/2 by the port or by policy, and the client’s where nothing is known', () => {
    const upgrade = rule('{ connectionPool: { http: { h2UpgradePolicy: UPGRADE } } }');
    assert.ok(protocolOf('{ name: grpc, port: 80 }')?.explicitHttpConfig?.http2ProtocolOptions);
    assert.ok(protocolOf('{ name: http, port: 80 }')?.explicitHttpConfig?.httpProtocolOptions);
    assert.ok(protocolOf('{ name: http, port: 80 }', upgrade)?.explicitHttpConfig?.http2ProtocolOptions);
    assert.ok(protocolOf('{ name: x, port: 80 }')?.useDownstreamProtocolConfig?.http2ProtocolOptions);
    assert.equal(protocolOf('{ name: tcp, port: 80 }'), undefined);
  });

  it('bounds the life of connections', () => {
    const pool = rule('{ connectionPool: { http: { idleTimeout: 3s, maxRequestsPerConnection: 1 } } }');
    // Rules may send HTTP to a port that speaks HTTPS.
    for (const name of ['http', 'https']) {
      const { idleTimeout, maxRequestsPerConnection } =
        protocolOf(`{ name: ${name}, port: 80 }`, pool)?.commonHttpProtocolOptions ?? {};
      assert.deepEqual([idleTimeout, maxRequestsPerConnection], [{ seconds: 3n, nanos: 0 }, 1], name);
    }
  });
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { resolveDestination, sharesOf } from '../../src/pilot/index.js';
import { sharedMaterial } from '../support/shared-material.js';
import { servicesOf, viewOf } from './support.js';

const samples = sharedMaterial('istio-samples/samples/bookinfo/networking');
const services = servicesOf(['productpage', 'reviews', 'ratings', 'details'], '{ name: http, port: 9080 }');
const sample = (...names: string[]): string =>
  services + names.map((name) => `---\n${readFileSync(join(samples.path, `${name}.yaml`), 'utf8')}\n`).join('');
const full = (name: string): string => `${name}.default.svc.cluster.local`;

describe('bookinfo', { skip: samples.skip }, () => {
  const shares = (name: string): string[] => {
    const view = viewOf(sample('destination-rule-all', name));
    const [listener] = view.scope.egress;
    assert(listener !== undefined);
    const reviews = view.virtualHosts(listener, 9080).find(({ hostname }) => hostname === full('reviews'));
    return (reviews?.rules ?? []).map(({ match, rule }) => {
      const to = sharesOf(rule.route).map(({ destination, weight }) => `${destination.subset} ${weight}`);
      return [...(match?.headers.keys() ?? []), ...to].join(', ');
    });
  };
  const rows: readonly [name: string, want: readonly string[]][] = [
    ['virtual-service-all-v1', ['v1 100']],
    ['virtual-service-reviews-90-10', ['v1 90, v2 10']],
    ['virtual-service-reviews-50-v3', ['v1 50, v3 50']],
    ['virtual-service-reviews-test-v2', ['end-user, v2 100', 'v1 100']],
    ['virtual-service-reviews-jason-v2-v3', ['end-user, v2 100', 'v3 100']],
  ];
  for (const [name, want] of rows) it(`routes reviews as ${name} says`, () => assert.deepEqual(shares(name), want));

  it('calls google by TLS on the port that the rule rewrites to', () => {
    const view = viewOf(sample('egress-rule-google-apis'));
    const [listener] = view.scope.egress;
    assert(listener !== undefined);
    const [host] = view.virtualHosts(listener, 80);
    const [rule] = host?.rules ?? [];
    const [route] = rule?.rule.route ?? [];
    assert(route !== undefined);
    const { cluster, service, port } = resolveDestination(route.destination, { scope: view.scope, listenerPort: 80 });
    assert.equal(cluster, 'outbound|443||www.googleapis.com');
    assert(service !== undefined && port !== undefined);
    assert.equal(view.policy({ service, port }).tls?.mode, 'SIMPLE');
    assert.equal(view.endpoints({ service, port })[0]?.instances[0]?.address, 'www.googleapis.com');
  });

  it('lets the gateway serve five paths on all hosts', () => {
    const view = viewOf(sample('bookinfo-gateway'), { type: 'router', labels: { istio: 'ingressgateway' } });
    const [port] = view.gateway.ports;
    assert.equal(port?.number, 80);
    const [host] = view.gatewayHosts(port.servers);
    assert.deepEqual([host?.hostname, host?.rules.length], ['*', 5]);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ProxyView } from '../../../src/pilot/index.js';
import { resource, viewOf } from '../support.js';

const services = `kind: Services
metadata: { name: s }
spec:
  services:
    - name: a
      ports: [{ name: http, port: 80 }, { name: tcp, port: 9000 }]
      instances:
        - { address: 10.0.0.1, ports: { http: 8080 }, labels: { version: v1 }, locality: us/east }
        - { address: 10.0.0.2, labels: { version: v2 }, locality: us/west, weight: 3 }
    - name: b
      namespace: other
      ports: [{ name: http, port: 80 }]
      instances: [{ address: 10.0.0.1, ports: { http: 8081 } }]
`;
const rule = (rest = ''): string =>
  resource(
    'DestinationRule',
    'r',
    `{ host: a, subsets: [{ name: v1, labels: { version: v1 } }, { name: all }]${rest} }`,
  );

function target(view: ProxyView, port = 80, subset = '') {
  const service = view.scope.service('a.default.svc.cluster.local');
  const found = service?.ports.find(({ number }) => number === port);
  assert(service !== undefined && found !== undefined);
  return { service, port: found, subset };
}
const addresses = (view: ProxyView, ...of: [port?: number, subset?: string]): string[] =>
  view
    .endpoints(target(view, ...of))
    .flatMap(({ instances }) => instances.map(({ address, port }) => `${address}:${port}`));

describe('the endpoints of a target', () => {
  it('are all instances with the port', () => {
    assert.deepEqual(addresses(viewOf(services), 80), ['10.0.0.1:8080', '10.0.0.2:80']);
    assert.deepEqual(addresses(viewOf(services), 9000), ['10.0.0.1:9000', '10.0.0.2:9000']);
  });

  it('are among all instances of the service, a list that is the same as long as they are', () => {
    const view = viewOf(services);
    const { service } = target(view);
    const found = view.instances(service).map(({ address, portName }) => `${address} ${portName}`);
    assert.deepEqual(found, ['10.0.0.1 http', '10.0.0.1 tcp', '10.0.0.2 http', '10.0.0.2 tcp']);
    assert.equal(view.instances(service), view.instances(service));
  });

  it('are of a subset those with its labels', () => {
    const view = viewOf(services + rule());
    assert.deepEqual(addresses(view, 80, 'v1'), ['10.0.0.1:8080']);
    assert.deepEqual(addresses(view, 80, 'all'), ['10.0.0.1:8080', '10.0.0.2:80']);
  });

  it('are none for a subset that no rule has', () => {
    assert.deepEqual(addresses(viewOf(services + rule()), 80, 'v3'), []);
    assert.deepEqual(addresses(viewOf(services), 80, 'v1'), []);
  });

  it('are ranked by locality where outlier detection is on', () => {
    const ranks = (yaml: string): string[] => {
      const view = viewOf(yaml, { locality: 'us/west' });
      return view.endpoints(target(view)).map(({ locality, priority, weight }) => `${locality} ${priority} ${weight}`);
    };
    assert.deepEqual(ranks(services + rule()), ['us/east 0 1', 'us/west 0 3']);
    assert.deepEqual(ranks(services + rule(', trafficPolicy: { outlierDetection: {} }')), [
      'us/west 0 3',
      'us/east 1 1',
    ]);
  });
});

describe('a view', () => {
  it('knows what runs beside the proxy', () => {
    const view = viewOf(services, { ips: ['10.0.0.1'] });
    assert.deepEqual(
      view.ownInstances.map(({ service, instance }) => `${service.name} ${instance.portName} ${instance.port}`),
      ['a http 8080', 'a tcp 9000', 'b http 8081'],
    );
  });

  it('leaves to others what has other labels at the same address', () => {
    const own = (labels: Record<string, string>): string[] =>
      viewOf(services, { ips: ['10.0.0.1'], labels }).ownInstances.map(({ service }) => service.name);
    assert.deepEqual(own({ version: 'v1', app: 'a' }), ['a', 'a', 'b']);
    assert.deepEqual(own({ version: 'v2' }), ['b']);
  });

  it('has the listeners of its Sidecar for what comes in', () => {
    const sidecar = (ingress: string): string => resource('Sidecar', 's', `{ ${ingress}egress: [{ hosts: ["*/*"] }] }`);
    const ingress =
      'ingress: [{ port: { number: 90, name: http, protocol: HTTP }, defaultEndpoint: "127.0.0.1:80", captureMode: NONE }], ';
    assert.equal(viewOf(sidecar('')).ingress, undefined);
    assert.deepEqual(
      viewOf(sidecar(ingress)).ingress?.map(({ port, captureMode }) => [port?.number, captureMode]),
      [[90, 'NONE']],
    );
  });

  it('has the policy of the rule for a target', () => {
    const view = viewOf(services + rule(', trafficPolicy: { tls: { mode: SIMPLE } }'));
    assert.equal(view.policy(target(view)).tls?.mode, 'SIMPLE');
    assert.deepEqual([...(view.destinationRule(target(view).service)?.subsets.keys() ?? [])], ['v1', 'all']);
  });

  it('has the rules for connections to a service', () => {
    const view = viewOf(
      services +
        resource(
          'VirtualService',
          'v',
          '{ hosts: [a], tcp: [{ match: [{ port: 9000 }], route: [{ destination: { host: x } }] }] }',
        ) +
        resource('VirtualService', 'w', '{ hosts: [x], tcp: [{ route: [{ destination: { host: a } }] }] }'),
    );
    const [listener] = view.scope.egress;
    assert(listener !== undefined);
    const hosts = (port: number) =>
      view.connections(listener, target(view, port)).tcp.map(({ route }) => route[0]?.destination.host);
    assert.deepEqual(hosts(9000), ['x.default.svc.cluster.local']);
    assert.deepEqual(hosts(80), []);
  });
});

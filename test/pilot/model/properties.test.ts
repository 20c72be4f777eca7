import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { parseResources } from '../../../src/config/index.js';
import { createFileRegistry, createModel, type ProxyView } from '../../../src/pilot/index.js';
import { hasErrors } from '../../../src/util/diagnostics.js';
import { proxyOf } from '../support.js';

const host = fc.constantFrom('a', 'b', 'a.other.svc.cluster.local', '*.cluster.local', 'x.com', '*.com');
const some = <T>(item: fc.Arbitrary<T>) => fc.uniqueArray(item, { minLength: 1, maxLength: 2 });
const hosts = some(host).filter((list) => !list.some((one) => one.startsWith('*') && list.length > 1));
const route = fc.record({
  destination: fc.record({ host: fc.constantFrom('a', 'b', 'x.com'), subset: fc.constantFrom('', 'v1') }),
});
const match = fc.record(
  {
    uri: fc.constantFrom({ exact: '/a' }, { prefix: '/' }),
    port: fc.constantFrom(80, 81),
    sourceLabels: fc.constant({ app: 'a' }),
    gateways: some(fc.constantFrom('mesh', 'default/g')),
  },
  { requiredKeys: [] },
);
const exportTo = fc.constantFrom([], ['.'], ['*']);
const rule = fc.record({ match: fc.array(match, { maxLength: 2 }), route: fc.tuple(route) });
const port = (number: number, protocol: string, name: string) => ({ number, protocol, name });
const specs: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  VirtualService: fc.record({
    hosts,
    gateways: fc.constantFrom([], ['mesh'], ['default/g'], ['mesh', 'default/g']),
    http: fc.array(rule, { minLength: 1, maxLength: 2 }),
    exportTo,
  }),
  DestinationRule: fc.record({
    host,
    subsets: fc.constantFrom([], [{ name: 'v1', labels: { version: 'v1' } }]),
    trafficPolicy: fc.constantFrom({ outlierDetection: {} }, { tls: { mode: 'SIMPLE' } }),
    exportTo,
  }),
  Sidecar: fc.record({ egress: fc.tuple(fc.record({ hosts: some(fc.constantFrom('*/*', './*', 'other/*', '~/*')) })) }),
  ServiceEntry: fc.record({
    hosts: fc.constantFrom(['x.com'], ['a.default'], ['*.x.com', 'y.com']),
    ports: fc.constantFrom([port(80, 'HTTP', 'http')], [port(80, 'HTTP', 'http'), port(81, 'GRPC', 'grpc')]),
    exportTo,
  }),
  Gateway: fc.record({
    servers: fc.tuple(
      fc.record({
        port: fc.constantFrom(port(80, 'HTTP', 'http'), port(80, 'TCP', 'tcp'), port(81, 'HTTP', 'http')),
        hosts: fc.constantFrom(['*'], ['*.com'], ['./x.com']),
      }),
    ),
    selector: fc.constantFrom({}, { app: 'a' }),
  }),
};
const identity = fc.record({
  name: fc.constantFrom('g', 'h', 'i'),
  namespace: fc.constantFrom('default', 'other', 'istio-system'),
  creationTimestamp: fc.constantFrom('2019-01-01T00:00:00Z', '2019-01-02T00:00:00Z'),
});
const anyResource = fc
  .constantFrom(...Object.keys(specs))
  .chain((kind) => fc.record({ kind: fc.constant(kind), metadata: identity, spec: specs[kind]! }));
const mesh = fc.uniqueArray(anyResource, {
  maxLength: 8,
  selector: ({ kind, metadata: { name, namespace } }) => `${kind} ${name} ${namespace}`,
});
const instances = ['v1', 'v2'].map((version, at) => ({
  address: `10.0.0.${at}`,
  labels: { version },
  locality: `r${at}`,
}));
const listed = {
  kind: 'Services',
  metadata: { name: 's', namespace: 'default' },
  spec: {
    services: ['default', 'other'].flatMap((namespace) =>
      ['a', 'b'].map((name) => ({
        name,
        namespace,
        ports: [
          { name: 'http', port: 80 },
          { name: 'tcp', port: 90 },
        ],
        instances,
      })),
    ),
  },
};

function modelFor(given: readonly unknown[]) {
  const state = parseResources([listed, ...given].map((one) => stringify(one)).join('---\n'), {
    defaultNamespace: 'default',
  });
  assert.deepEqual(state.diagnostics, []);
  const store = { current: () => state, onChange: () => () => undefined };
  return createModel({ resources: state.resources, registries: [createFileRegistry(store)] });
}

/** All that a view answers, as text. */
function answers(view: ProxyView): string {
  const listeners = view.scope.egress.map((listener) => ({
    hosts: [0, 80, 81].map((number) =>
      view
        .virtualHosts(listener, number)
        .map(({ name, domains, rules, virtualService }) => [
          name,
          domains,
          rules.map((one) => one.rule.route),
          virtualService?.config.name,
        ]),
    ),
    services: listener.services.map((service) => [
      service.hostname,
      service.namespace,
      service.ports.map((one) => [
        view.policy({ service, port: one }),
        view.endpoints({ service, port: one, subset: 'v1' }),
      ]),
    ]),
  }));
  const gateway = view.gateway.ports.map(({ number, servers }) => [
    number,
    servers.map((one) => one.gateway),
    view.gatewayHosts(servers).map(({ hostname, rules }) => [hostname, rules.map((one) => one.rule.route)]),
  ]);
  return JSON.stringify([listeners, gateway], (_key, value: unknown) => (value instanceof Map ? [...value] : value));
}

const proxies = ['default', 'other', 'istio-system'].flatMap((namespace) =>
  (['sidecar', 'router'] as const).map((type) => proxyOf({ namespace, type, labels: { app: 'a' }, locality: 'r1' })),
);

describe('a mesh of sound resources', () => {
  it('has nothing wrong, and no domain twice', () => {
    fc.assert(
      fc.property(mesh, (given) => {
        const model = modelFor(given);
        assert(!hasErrors(model.diagnostics));
        for (const view of proxies.map((proxy) => model.viewFor(proxy))) {
          for (const listener of view.scope.egress) {
            for (const number of [0, 80, 81]) {
              const made = view.virtualHosts(listener, number);
              const domains = made.flatMap((one) => one.domains);
              assert.equal(new Set(domains).size, domains.length);
              for (const one of made) assert.equal(one.rules.length > 0, one.virtualService !== undefined);
            }
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('answers the same in whatever order it is written', () => {
    fc.assert(
      fc.property(
        mesh.chain((given) => fc.tuple(fc.constant(given), fc.shuffledSubarray(given, { minLength: given.length }))),
        ([given, shuffled]) => {
          const [one, two] = [modelFor(given), modelFor(shuffled)];
          for (const proxy of proxies) assert.equal(answers(two.viewFor(proxy)), answers(one.viewFor(proxy)));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('ranks endpoints without gaps', () => {
    fc.assert(
      fc.property(mesh, (given) => {
        const view = modelFor(given).viewFor(proxyOf({ locality: 'r1/z' }));
        for (const service of view.scope.services) {
          for (const one of service.ports) {
            const ranks = [...new Set(view.endpoints({ service, port: one }).map(({ priority }) => priority))];
            assert.deepEqual(ranks, [...ranks.keys()]);
          }
        }
      }),
      { numRuns: 30 },
    );
  });
});

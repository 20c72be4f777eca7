import { describe, it } from 'node:test';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { parseResources } from '../../../src/config/index.js';
import { createFileRegistry, createModel, type KindName, kinds, type ProxyView } from '../../../src/pilot/index.js';
import { compareDiagnostics } from '../../../src/util/diagnostics.js';
import type { Schema } from '../../../src/util/schema.js';
import { proxyOf } from '../support.js';

const words = ['', 'a', '*', '.', '~', 'mesh', 'a.com', '*.com', '*/*', './a', 'ns/a.com', '__proto__', 'constructor'];
const odd = ['HTTP', 'TLS', '127.0.0.1:80', '10.0.0.1', '10.0.0.0/8', 'unix:///s', '(', '1s', '-1s', '\u0000x', 'é'];
const text = fc.constantFrom(...words, ...odd);

/** What fits a schema as far as types go, and now and then what does not. */
function fitting(schema: Schema): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 15, arbitrary: typed(schema) }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 1 }) });
}

function typed(schema: Schema): fc.Arbitrary<unknown> {
  switch (schema.kind) {
    case 'string':
      return text;
    case 'bool':
      return fc.boolean();
    case 'int32':
    case 'int64':
      return fc.constantFrom(-1, 0, 1, 50, 80, 100, 443, 70_000);
    case 'double':
      return fc.constantFrom(-1, 0, 0.00001, 50, 101);
    case 'duration':
      return fc.constantFrom('0s', '1s', '-1s', '1ns', 'x');
    case 'enum':
      return fc.constantFrom(...Object.values(schema.names));
    case 'list':
      return fc.array(fitting(schema.item), { maxLength: 3 });
    case 'map':
      return fc.dictionary(text, fitting(schema.value), { maxKeys: 2 });
    case 'optional':
      return fitting(schema.schema);
    case 'any':
      return fc.jsonValue();
    case 'message': {
      const fields = Object.entries(schema.fields).map(([name, field]) => [name, fitting(field)] as const);
      return fc.record(Object.fromEntries(fields), { requiredKeys: [] });
    }
  }
}

const names = Object.keys(kinds) as KindName[];
const anyResource = fc.constantFrom(...names).chain((kind) =>
  fc.record({
    kind: fc.constant(kind),
    metadata: fc.record({ name: fc.constantFrom('a', 'b'), namespace: fc.constantFrom('default', 'istio-system') }),
    spec: fitting(kinds[kind].schema as Schema),
  }),
);

function askAll(view: ProxyView): void {
  for (const listener of view.scope.egress) {
    for (const port of [0, 80, 443]) view.virtualHosts(listener, port);
    for (const service of listener.services) {
      for (const port of service.ports) {
        view.connections(listener, { service, port });
        view.policy({ service, port, subset: 'a' });
        view.endpoints({ service, port });
      }
      view.quotaSpecs(service);
      view.apiSpecs(service);
    }
  }
  for (const { servers } of view.gateway.ports) {
    view.gatewayHosts(servers);
    for (const server of servers) view.gatewayConnections(server);
  }
}

describe('whatever is configured', () => {
  it('gives a model that answers, and diagnostics in order', () => {
    fc.assert(
      fc.property(fc.array(anyResource, { maxLength: 6 }), (given) => {
        const yaml = given.map((one) => stringify(one)).join('---\n');
        const state = parseResources(yaml, { defaultNamespace: 'default' });
        const store = { current: () => state, onChange: () => () => undefined };
        const model = createModel({ resources: state.resources, registries: [createFileRegistry(store)] });
        for (const type of ['sidecar', 'router'] as const) {
          askAll(model.viewFor(proxyOf({ type, locality: 'a/b', ips: ['10.0.0.1'], labels: { a: 'a' } })));
        }
        return model.diagnostics.every((one, at, all) => at === 0 || compareDiagnostics(all[at - 1]!, one) <= 0);
      }),
      { numRuns: 120 },
    );
  });
});

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { ProxyConfig } from '../../../../src/gen/fairlead/proxy/v1/config.js';
import { buildProxyConfig } from '../../../../src/pilot/build/fairlead/index.js';
import { compileRouteTable } from '../../../../src/proxy/routing/index.js';
import { formatDiagnostic } from '../../../../src/util/diagnostics.js';
import { sharedMaterial } from '../../../support/shared-material.js';
import { modelOf, proxyOf } from '../../support.js';

const samples = sharedMaterial('istio-samples/samples/bookinfo/networking');

const subsets = (name: string, versions: readonly string[]): string =>
  `{ name: ${name}, ports: [{ name: http, port: 9080 }], instances: [${versions
    .map((version, index) => `{ address: 10.0.0.${index + 1}, labels: { app: ${name}, version: ${version} } }`)
    .join(', ')}] }`;

const services = `
kind: Services
metadata: { name: bookinfo }
spec:
  services:
    - ${subsets('productpage', ['v1'])}
    - ${subsets('reviews', ['v1', 'v2', 'v3'])}
    - ${subsets('ratings', ['v1', 'v2', 'v2-mysql', 'v2-mysql-vm'])}
    - ${subsets('details', ['v1', 'v2'])}
    - { name: cert-manager-resolver, namespace: istio-system, ports: [{ name: http, port: 8089 }] }
`;

/** The clusters that routes and connections lead to. */
function named({ routeTables, listeners }: ProxyConfig): Set<string> {
  const chains = listeners.flatMap((listener) => listener.chains);
  const inline = chains.flatMap(({ http }) => (http?.inline === undefined ? [] : [http.inline]));
  const routes = [...routeTables, ...inline].flatMap(({ virtualHosts }) => virtualHosts.flatMap((host) => host.routes));
  const clusters = [
    ...routes.flatMap(({ forward }) => forward?.clusters ?? []),
    ...chains.flatMap(({ tcp }) => tcp?.clusters ?? []),
  ];
  return new Set(clusters.map(({ name }) => name));
}

describe('the samples of bookinfo', { skip: samples.skip }, () => {
  if (samples.skip !== false) return;
  const read = (file: string): string => readFileSync(join(samples.path, file), 'utf8');
  const rules = 'destination-rule-all.yaml';
  for (const file of readdirSync(samples.path).filter((name) => name.endsWith('.yaml'))) {
    for (const type of ['sidecar', 'router'] as const) {
      it(`make a whole configuration for a ${type}: ${file}`, () => {
        const others = file.startsWith('destination-rule') ? '' : `---\n${read(rules)}`;
        const model = modelOf(`${services}${others}\n---\n${read(file)}`);
        assert.deepEqual(model.diagnostics.filter(({ severity }) => severity === 'error').map(formatDiagnostic), []);
        const problems: string[] = [];
        const proxy = proxyOf({ type, labels: { istio: 'ingressgateway' } });
        const config = buildProxyConfig(model, proxy, {
          outboundPorts: 'all',
          onProblem: (message) => problems.push(message),
        });
        assert.deepEqual(problems, []);
        for (const table of config.routeTables) compileRouteTable(table);
        const known = new Set(config.clusters.map(({ name }) => name));
        assert.deepEqual(
          [...named(config)].filter((name) => !known.has(name)),
          [],
        );
      });
    }
  }
});

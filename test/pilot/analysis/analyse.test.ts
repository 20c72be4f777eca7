import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { loadPaths, parseResources } from '../../../src/config/index.js';
import { analyseMesh, findingJson, formatFinding } from '../../../src/pilot/analysis/index.js';
import { sharedMaterial } from '../../support/shared-material.js';

const load = (yaml: string) => parseResources(yaml, { file: 'f.yaml', defaultNamespace: 'default' });

const juice = `
kind: VirtualService
metadata: { name: juice }
spec: { hosts: [apples], http: [{ route: [{ destination: { host: apples } }] }] }
`;

describe('analyseMesh()', () => {
  it('tells of an analyser that fails, and of what the others find', () => {
    const broken = {
      code: 'IST0101',
      severity: 'error',
      name: 'broken',
      find: () => {
        throw new Error('worm');
      },
    } as const;
    const found = analyseMesh({ loaded: load('a: [') }, [broken]);
    assert.deepEqual(
      found.map(({ code, message }) => [code, message]).sort(),
      [
        ['IST0001', 'the analyser "broken" failed: Error: worm'],
        ['YAML_SYNTAX', found.find(({ code }) => code === 'YAML_SYNTAX')?.message],
      ].sort(),
    );
  });

  it('looks hosts up once everything is known', () => {
    assert.deepEqual(
      analyseMesh({ loaded: load(juice), isWhole: true }).map(({ code }) => code),
      ['IST0101'],
    );
  });

  it('knows the ports of the service that counts, whatever others of its host or of a wildcard have', () => {
    const entry = (name: string, namespace: string, host: string, port: number): string =>
      `---\nkind: ServiceEntry\nmetadata: { name: ${name}, namespace: ${namespace} }\n` +
      `spec: { hosts: ["${host}"], ports: [{ number: ${port}, name: http, protocol: HTTP }] }\n`;
    const all =
      entry('apples', 'default', 'apples.example.com', 80) +
      entry('apples', 'other', 'apples.example.com', 81) +
      entry('fruit', 'default', '*.example.com', 82);
    const text = juice.replaceAll('apples', 'apples.example.com') + all;
    assert.deepEqual(analyseMesh({ loaded: load(text) }).map(formatFinding), [
      'Warning [SERVICE_ENTRY_OVERLAP] (ServiceEntry apples.other f.yaml:12:17) the older ServiceEntry' +
        ' \'apples.default\' tells of "apples.example.com" too: what it says of ports and resolution counts',
    ]);
    const [found] = analyseMesh({
      loaded: load(text.replace('apples.example.com } }', 'apples.example.com, port: { number: 81 } } }')),
    });
    assert.equal(found?.message, 'apples.example.com has no port 81, only 80');
  });

  it('does not blame what hangs on a broken resource', () => {
    const broken = '---\nkind: ServiceEntry\nmetadata: { name: apples }\nspec: { hots: [apples.example.com] }\n';
    const found = analyseMesh({ loaded: load(juice.replaceAll('apples', 'apples.example.com') + broken) });
    assert.deepEqual([...new Set(found.map(({ code }) => code))], ['IST0106']);
  });

  it('reads Services and workloads of manifests', () => {
    const manifests = `---
apiVersion: v1
kind: Service
metadata: { name: apples }
spec: { selector: { app: apples }, ports: [{ name: http, port: 80, targetPort: 8080 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: apples }
spec: { template: { metadata: { labels: { app: apples, version: v1 } } } }
---
kind: DestinationRule
metadata: { name: apples }
spec: { host: apples, subsets: [{ name: v1, labels: { version: v1 } }, { name: v2, labels: { version: v2 } }] }
`;
    const found = analyseMesh({ loaded: load(juice + manifests) });
    assert.deepEqual(found.map(formatFinding), [
      'Warning [SUBSET_EMPTY] (DestinationRule apples.default f.yaml:18:92) the subset "v2" is empty: no instance of ' +
        'apples.default.svc.cluster.local has the labels version=v2',
    ]);
    assert.deepEqual(findingJson(found[0]!), {
      code: 'SUBSET_EMPTY',
      severity: 'warning',
      kind: 'DestinationRule',
      name: 'apples',
      namespace: 'default',
      file: 'f.yaml',
      line: 18,
      column: 92,
      path: "DestinationRule 'apples.default' subsets[1].labels",
      message: found[0]?.message,
    });
  });

  it('takes names such as __proto__ for names', () => {
    const hostile = juice.replace('apples }', '__proto__ }').replace('juice', 'juice, annotations: { __proto__: "1" }');
    assert.doesNotThrow(() => analyseMesh({ loaded: load(hostile), isWhole: true }));
  });
});

const samples = sharedMaterial('istio-samples/samples/bookinfo');

describe('the samples of bookinfo', { skip: samples.skip }, () => {
  const networking = join(samples.path, 'networking');
  const files = samples.skip === false ? readdirSync(networking) : [];
  for (const file of files) {
    it(`has no error to tell of ${file}`, async () => {
      const rules = file.startsWith('virtual-service') ? [join(networking, 'destination-rule-all.yaml')] : [];
      const services = join(samples.path, 'platform/kube/bookinfo.yaml');
      const loaded = await loadPaths([services, ...rules, join(networking, file)], { defaultNamespace: 'default' });
      const errors = analyseMesh({ loaded }).filter(({ severity }) => severity === 'error');
      assert.deepEqual(errors.map(formatFinding), []);
    });
  }
});

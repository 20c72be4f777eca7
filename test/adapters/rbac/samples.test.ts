import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import rbac from 'fairlead/adapters/rbac';
import { templates } from 'fairlead/templates';
import { runScenario } from 'fairlead/testing';
import { sharedMaterial } from '../../support/shared-material.js';

const samples = sharedMaterial('istio-samples/samples/bookinfo/platform/kube/rbac');
const scenario = new URL('../../scenarios/rbac-services/config.yaml', import.meta.url);
const account = (name: string) => `cluster.local/ns/default/sa/bookinfo-${name}`;

/** What the samples lack: handler, instance and rule, as our own scenarios have them. */
async function readFrame(): Promise<string> {
  const text = await readFile(scenario, 'utf8');
  return text.slice(0, text.indexOf('kind: ClusterRbacConfig'));
}

interface Asked {
  readonly to: string;
  readonly by?: string;
  readonly from?: string;
  readonly method?: string;
  readonly port?: bigint;
}

async function decide(files: readonly string[], table: readonly Asked[]): Promise<readonly string[]> {
  const texts = await Promise.all(files.map((file) => readFile(join(samples.path, `${file}.yaml`), 'utf8')));
  const calls = table.map(({ to, by, from, method, port }) => ({
    check: {
      'destination.namespace': 'default',
      'destination.service.host': `${to}.default.svc.cluster.local`,
      'destination.labels': { app: to },
      ...(by === undefined ? {} : { 'source.principal': account(by) }),
      ...(from === undefined ? {} : { 'source.namespace': from }),
      ...(method === undefined ? {} : { 'request.method': method, 'request.path': '/' }),
      ...(port === undefined ? {} : { 'destination.port': Number(port) }),
    },
  }));
  const config = [await readFrame(), ...texts].join('\n---\n');
  const result = await runScenario({ config, calls: JSON.stringify(calls), adapters: [rbac], templates });
  assert.deepEqual(result.diagnostics, []);
  return result.answers.map((answer) => String((answer as { readonly status?: unknown }).status));
}

const yes = 'OK';
const no = 'PERMISSION_DENIED roles.istio-system:RBAC: permission denied.';
const told = (start: string, code: number, policy: string) => `${start} (permissive: ${code}, ${policy})`;
const GET = { method: 'GET' };

const cases: Readonly<
  Record<string, readonly [files: readonly string[], rows: readonly (readonly [Asked, string])[]]>
> = {
  'nothing but the configuration: everything in the namespace is denied': [
    ['rbac-config-ON'],
    [[{ to: 'productpage', ...GET }, no]],
  ],
  'the policy for the namespace': [
    ['rbac-config-ON', 'namespace-policy'],
    [
      [{ to: 'productpage', from: 'istio-system', ...GET }, yes],
      [{ to: 'ratings', from: 'default', ...GET }, yes],
      [{ to: 'ratings', from: 'other', ...GET }, no],
      [{ to: 'ratings', from: 'default', method: 'POST' }, no],
      [{ to: 'mongodb', from: 'default', ...GET }, no],
    ],
  ],
  'the policy for the page': [
    ['rbac-config-ON', 'productpage-policy'],
    [
      [{ to: 'productpage', ...GET }, yes],
      [{ to: 'productpage', method: 'PUT' }, no],
      [{ to: 'details', by: 'productpage', ...GET }, no],
    ],
  ],
  'the policies for page, details and reviews, ratings': [
    ['rbac-config-ON', 'productpage-policy', 'details-reviews-policy', 'ratings-policy'],
    [
      [{ to: 'productpage', ...GET }, yes],
      [{ to: 'details', by: 'productpage', ...GET }, yes],
      [{ to: 'reviews', by: 'productpage', ...GET }, yes],
      [{ to: 'reviews', by: 'reviews', ...GET }, no],
      [{ to: 'ratings', by: 'reviews', ...GET }, yes],
      [{ to: 'ratings', by: 'productpage', ...GET }, no],
    ],
  ],
  'the permissive policy for details and reviews': [
    ['rbac-config-ON', 'productpage-policy', 'details-reviews-policy-permissive'],
    [
      [{ to: 'productpage', ...GET }, yes],
      [{ to: 'details', by: 'productpage', ...GET }, told(no, 200, 'details-reviews-viewer')],
      [{ to: 'details', by: 'reviews', ...GET }, told(no, 403, 'none')],
      [{ to: 'ratings', by: 'reviews', ...GET }, no],
    ],
  ],
  'the permissive configuration': [
    ['rbac-config-on-permissive', 'productpage-policy', 'details-reviews-policy'],
    [
      [{ to: 'productpage', ...GET }, told('OK RBAC: allowed.', 200, 'productpage-viewer')],
      [{ to: 'details', by: 'productpage', ...GET }, told('OK RBAC: allowed.', 200, 'details-reviews-viewer')],
      [{ to: 'ratings', by: 'reviews', ...GET }, told('OK RBAC: allowed.', 403, 'none')],
    ],
  ],
  'the policy for the database': [
    ['rbac-config-on-mongodb', 'mongodb-policy'],
    [
      [{ to: 'mongodb', by: 'ratings-v2', port: 27017n }, yes],
      [{ to: 'mongodb', by: 'ratings-v2', port: 27018n }, no],
      [{ to: 'mongodb', by: 'ratings', port: 27017n }, no],
      [{ to: 'ratings', ...GET }, yes],
    ],
  ],
};

describe('the samples for roles', { skip: samples.skip }, () => {
  for (const [what, [files, rows]] of Object.entries(cases)) {
    it(`decide as expected by ${what}`, async () => {
      assert.deepEqual(await decide(files, rows.map(([asked]) => asked)), rows.map(([, answer]) => answer)); // prettier-ignore
    });
  }
});

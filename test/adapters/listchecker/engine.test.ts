import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import listchecker from 'fairlead/adapters/listchecker';
import { templates } from 'fairlead/templates';
import { runScenario } from 'fairlead/testing';
import { startListServer } from './list-server.js';

const config = (url: string): string => `
kind: listchecker
metadata: { name: list, namespace: istio-system }
spec: { providerUrl: '${url}', overrides: [root] }
---
kind: listentry
metadata: { name: user, namespace: istio-system }
spec: { value: source.user | "" }
---
kind: rule
metadata: { name: users, namespace: istio-system }
spec:
  actions: [{ handler: list.listchecker, instances: [user.listentry] }]
`;

async function answers(url: string): Promise<readonly string[]> {
  const calls = '- check: { source.user: ann }\n- check: { source.user: root }\n- check: { source.user: eve }\n';
  const result = await runScenario({ config: config(url), calls, adapters: [listchecker], templates });
  assert.deepEqual(result.diagnostics, []);
  return result.answers.map((answer) => {
    const { status, error } = answer as { readonly status?: string; readonly error?: string };
    return status ?? error ?? '';
  });
}

describe('a fetched list in the engine', () => {
  test('decides', async (t) => {
    const server = await startListServer(t);
    server.answer = 'ann\nbob\n';
    assert.deepEqual(await answers(server.url), [
      'OK',
      'OK',
      'PERMISSION_DENIED list.listchecker.istio-system:eve is not whitelisted',
    ]);
  });

  test('fails every check while it is not there, overrides or not', async (t) => {
    const server = await startListServer(t);
    for (const answer of await answers(server.url)) {
      assert.match(answer, /^DISPATCH_FAILED performing check operation failed: .*\n.*the server answered 404/);
    }
  });
});

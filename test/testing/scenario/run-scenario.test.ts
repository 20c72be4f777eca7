import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import denier from 'fairlead/adapters/denier';
import { type Adapter, defineAdapter, s } from 'fairlead/sdk';
import { checknothing, templates } from 'fairlead/templates';
import { runScenario } from 'fairlead/testing';

const config = `
kind: handler
metadata: { name: h, namespace: istio-system }
spec: { compiledAdapter: denier, params: { status: { code: 7, message: never } } }
---
kind: checknothing
metadata: { name: i, namespace: istio-system }
spec: {}
---
kind: rule
metadata: { name: r, namespace: istio-system }
spec:
  match: source.user == "mallory"
  actions: [{ handler: h, instances: [i.checknothing] }]
`;

const run = (calls: string, text = config, adapters: readonly Adapter[] = [denier]) =>
  runScenario({ config: text, calls, adapters, templates });

describe('runScenario()', () => {
  test('answers checks over the real engine', async () => {
    const { diagnostics, answers, metrics, files } = await run('- check: { source.user: mallory }');
    assert.deepEqual([diagnostics, metrics, files], [[], [], {}]);
    assert.deepEqual(answers, [
      {
        status: 'PERMISSION_DENIED h.istio-system:never',
        validDuration: '5s',
        validUseCount: 1000,
        referenced: ['-context.reporter.kind', '-destination.namespace', 'source.user'],
      },
    ]);
  });

  test('lays the configuration over defaults, where there are any', async () => {
    const own = 'kind: handler\nmetadata: { name: h, namespace: istio-system }\nspec: { compiledAdapter: denier }\n';
    const calls = '- check: { source.user: mallory }';
    const { answers } = await runScenario({ config: own, defaults: config, calls, adapters: [denier], templates });
    assert.match(JSON.stringify(answers), /FAILED_PRECONDITION/);
  });

  test('tells what is wrong with the configuration and goes on', async () => {
    const { diagnostics, answers } = await run('- check: {}', config.replace('compiledAdapter: denier', 'adapter: x'));
    assert.ok(diagnostics.length > 0);
    assert.equal(answers.length, 1);
  });

  test('refuses attributes that the configuration does not have, or of another type', async () => {
    await assert.rejects(run('- check: { source.usre: x }'), /has no attribute "source.usre"/);
    await assert.rejects(run('- check: { source.user: 7 }'), /"source.user" is no STRING/);
  });

  test('shows a failing adapter as an error', async () => {
    const broken = defineAdapter({
      name: 'denier',
      description: 'Fails.',
      templates: [checknothing],
      config: s.message({ status: s.any() }),
      build: () => ({
        handleCheckNothing: () => {
          throw new Error('out of order');
        },
      }),
    });
    const { answers } = await run('- check: { source.user: mallory }', config, [broken]);
    const { error } = answers[0] as { error: string };
    assert.match(error, /^DISPATCH_FAILED/);
  });
});

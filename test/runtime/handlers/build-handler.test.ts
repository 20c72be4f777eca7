import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildHandler } from '../../../src/runtime/handlers/build-handler.js';
import type { Handler } from '../../../src/sdk/index.js';
import { createTestHost } from '../../support/dispatch-fixture.js';
import { settle } from '../../support/manual-time.js';
import { compileYaml, createToy, doc, toyTemplates } from '../../support/toys.js';

function setUp() {
  const toy = createToy('toy');
  const yaml =
    doc('handler', 'h', '{ compiledAdapter: toy, params: { label: h } }') +
    doc('metric', 'm', '{}') +
    doc('rule', 'r', '{ actions: [{ handler: h, instances: [m.metric] }] }');
  const [use] = compileYaml(yaml, { adapters: [toy.adapter], templates: toyTemplates }).uses;
  const test = createTestHost();
  return { toy, ...test, build: () => buildHandler(use!, { host: test.host, timeoutMs: 100 }) };
}

describe('buildHandler', () => {
  it('gives config, types and an environment of its own', async () => {
    const { toy, build } = setUp();
    const { entry } = await build();
    assert.deepEqual([entry.name, entry.adapter], ['h.ns', toy.adapter]);
    const [input] = toy.inputs;
    assert.equal(input!.config.limit, 7);
    assert.ok(Object.isFrozen(input!.config));
    assert.equal(input!.env.signal.aborted, false);
  });

  const failing: readonly (readonly [string, (handler: Handler) => unknown, RegExp])[] = [
    [
      'throws',
      () => {
        throw new Error('no backend');
      },
      /no backend/,
    ],
    ['rejects', () => Promise.reject(new Error('no backend')), /no backend/],
    ['gives nothing', () => 'nothing', /build gave no handler/],
    ['lacks methods', (handler) => ({ ...handler, handleMetric: undefined, generatePodsAttributes: 1 }), /lacks handleMetric, generatePodsAttributes/], // prettier-ignore
    ['has an odd close', (handler) => ({ ...handler, close: 1 }), /close that is no method/],
  ];
  for (const [what, behave, message] of failing) {
    it(`fails when the build ${what}, leaving nothing behind`, async () => {
      const { toy, build } = setUp();
      toy.build = behave;
      await assert.rejects(build(), message);
      assert.equal(toy.inputs[0]!.env.signal.aborted, true);
    });
  }

  it('closes a handler that it refuses', async () => {
    const { toy, build } = setUp();
    toy.build = (handler) => ({ ...handler, handleMetric: undefined });
    await assert.rejects(build());
    assert.deepEqual(toy.events, ['build h', 'close h']);
  });

  it('fails when the build takes too long, and closes what comes late', async () => {
    const { toy, build, time } = setUp();
    let open: () => void = () => undefined;
    toy.build = (handler) => new Promise((resolve) => (open = () => resolve(handler)));
    const rejected = assert.rejects(build(), /build took longer than 100 ms/);
    await time.advance(100);
    await rejected;
    assert.equal(toy.inputs[0]!.env.signal.aborted, true);
    open();
    await settle();
    assert.deepEqual(toy.events, ['build h', 'close h']);
  });
});

import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { fakeEnv } from '../fake-env.js';
import { callAll } from './call-rules.js';
import { fingerprint } from './frozen.js';
import type { Rule } from './rule.js';

const patience = 100;

/** How handlers come and go. */
export const lifeRules: readonly Rule[] = [
  {
    id: 'A-13',
    title: 'gives two handlers nothing in common',
    run: async (rig) => {
      const [first, second] = [await rig.build(), await rig.build()];
      const fresh = await callAll(rig, first);
      for (let round = 0; round < 20; round += 1) await callAll(rig, first);
      assert.equal(fingerprint(await callAll(rig, second)), fingerprint(fresh), 'the second starts like the first');
      await first.close();
      await second.close();
    },
  },
  {
    id: 'A-14',
    title: 'works beside the handler that replaces it, and goes without harming it',
    run: async (rig) => {
      const old = await rig.build();
      const replacement = await rig.build(undefined, { env: old.env.sibling() });
      await callAll(rig, old);
      await old.close();
      await callAll(rig, replacement);
      await replacement.close();
    },
  },
  {
    id: 'A-15',
    title: 'may be closed twice',
    run: async (rig) => {
      const built = await rig.build();
      await callAll(rig, built);
      await built.close();
      await built.close();
    },
  },
  {
    id: 'A-16',
    title: 'leaves nothing behind when closed: no timer, socket or file, no metrics source',
    run: async (rig) => {
      const before = await activeResources();
      const built = await rig.build();
      await callAll(rig, built);
      await built.close();
      assert.deepEqual([...built.env.exposed.keys()], [], 'every exposed source is released');
      let left = missingFrom(before, await activeResources());
      for (let round = 0; left.length > 0 && round < patience; round += 1) {
        left = missingFrom(before, await activeResources());
      }
      assert.deepEqual(left, [], 'no timer, socket or file stays open');
    },
  },
  {
    id: 'A-17',
    title: 'works on for an hour without a failure in the background',
    run: async (rig) => {
      const env = fakeEnv();
      const built = await rig.build(undefined, { env });
      await callAll(rig, built);
      await env.clock.advance(3_600_000);
      await callAll(rig, built);
      assert.deepEqual(env.clock.failures, []);
      await built.close();
    },
  },
];

/** What keeps this process alive at the moment, by kind. */
async function activeResources(): Promise<readonly string[]> {
  await turn();
  return process.getActiveResourcesInfo();
}

function missingFrom(before: readonly string[], after: readonly string[]): readonly string[] {
  const known = [...before];
  return after.filter((kind) => {
    const at = known.indexOf(kind);
    if (at >= 0) known.splice(at, 1);
    return at < 0;
  });
}

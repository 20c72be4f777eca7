import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { type Bookinfo, startBookinfo } from '../support/mesh/bookinfo.js';
import {
  bookinfoCases,
  type Check,
  jason,
  rulesOf,
  type StartOptions,
  whoAnswers,
} from '../support/mesh/bookinfo-cases.js';
import { isWeighted, networking } from '../support/mesh/networking.js';
import { TestMesh } from '../support/mesh/test-mesh.js';
import type { TestProxy } from '../support/mesh/test-proxy.js';
import { TestTime } from '../support/mesh/test-time.js';

// What each file says, shown with requests through a proxy that was started on it. Weights are in a file of their own.
/** With chance that always falls the same way there is no turning round. */
const balancesByChance: Check = async ({ start }) => {
  const first = await start({ upstreamEnv: { random: () => 0 } });
  const last = await start({ upstreamEnv: { random: () => 0.999 } });
  const found = [await whoAnswers(first, 'reviews'), await whoAnswers(last, 'reviews')];
  assert.match(found[0]!, /^reviews-v[123]$/);
  assert.match(found[1]!, /^reviews-v[123]$/);
  assert.notEqual(found[0], found[1]);
  const real = await start();
  const names = new Set<string>();
  for (let call = 0; call < 100; call++) names.add((await real.get('http://reviews:9080/')).by);
  assert.equal(names.size, 3);
};

const delaysForJason =
  (millis: number): Check =>
  async ({ start, shop }) => {
    const time = new TestTime();
    const proxy = await start({ env: time.env(), upstreamEnv: time.upstreamEnv() });
    const before = shop.count('ratings');
    let got: string | undefined;
    const asked = proxy.get('http://ratings:9080/', jason).then(({ by }) => (got = by));
    await time.untilWaiting(millis);
    assert.equal(await whoAnswers(proxy, 'ratings'), 'ratings-v1');
    await time.clock.advance(millis - 1);
    assert.deepEqual([got, shop.count('ratings')], [undefined, before + 4]);
    await time.clock.advance(1);
    assert.equal(await asked, 'ratings-v1');
  };

const { ofSamples, ofOwn } = bookinfoCases({ balancesByChance, delaysForJason, hasTunnels: true });

for (const [folder, cases] of [
  [networking.own, ofOwn],
  [networking.samples, ofSamples],
] as const) {
  describe(`traffic of bookinfo by ${folder.name}`, { skip: folder.skip, timeout: 180_000 }, () => {
    if (folder.skip !== false) return;
    const mesh = new TestMesh();
    let shop: Bookinfo;
    before(async () => {
      shop = await startBookinfo(mesh);
    });

    it('has a case for each file', () => {
      const others = folder.files.filter((file) => !isWeighted(folder.read(file)));
      assert.deepEqual(
        others.toSorted(),
        Object.keys(cases)
          .map((name) => `${name}.yaml`)
          .sort(),
      );
    });

    for (const [name, [title, check]] of Object.entries(cases)) {
      it(`${title}: ${name}`, async () => {
        const text = folder.read(`${name}.yaml`);
        const start = ({ more = '', shop: other = shop, ...options }: StartOptions = {}): Promise<TestProxy> =>
          mesh.proxy(`${other.services}${rulesOf(text)}${text}${more}`, options);
        await check({ mesh, shop, start });
      });
    }
  });
}

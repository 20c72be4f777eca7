import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { type Bookinfo, startBookinfo } from '../support/mesh/bookinfo.js';
import { countAnswers } from '../support/mesh/load.js';
import { isWeighted, networking } from '../support/mesh/networking.js';
import { TestMesh, type TestProxyOptions } from '../support/mesh/test-mesh.js';
import { httpProxy } from '../support/mesh/test-proxy.js';

// Shares of each version of reviews, in percent.
const ofOwn: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'weights-70-20-10': { v1: 70, v2: 20, v3: 10 },
};
const ofSamples: typeof ofOwn = {
  'virtual-service-reviews-50-v3': { v1: 50, v3: 50 },
  'virtual-service-reviews-80-20': { v1: 80, v2: 20 },
  'virtual-service-reviews-90-10': { v1: 90, v2: 10 },
  'virtual-service-reviews-v2-v3': { v2: 50, v3: 50 },
};

/** Every number of a thousand once, in an order that looks like none. */
function eachOnce(): () => number {
  let call = 0;
  return () => (((call++ * 617) % 1000) + 0.5) / 1000;
}

for (const [folder, cases] of [
  [networking.own, ofOwn],
  [networking.samples, ofSamples],
] as const) {
  describe(`shares of reviews by ${folder.name}`, { skip: folder.skip, timeout: 60_000 }, () => {
    if (folder.skip !== false) return;
    const mesh = new TestMesh();
    let shop: Bookinfo;
    before(async () => {
      shop = await startBookinfo(mesh, (name) => mesh.fast(name));
    });

    const count = async (name: string, requests: number, options?: TestProxyOptions) => {
      const subsets = networking.own.read('subsets.yaml');
      const proxy = await mesh.proxy(`${shop.services}${subsets}${folder.read(`${name}.yaml`)}`, options);
      const counts = await countAnswers(proxy.port(httpProxy), 'http://reviews:9080/', requests);
      await proxy.close();
      return Object.fromEntries(counts);
    };

    it('has a case for each file', () => {
      const weighted = folder.files.filter((file) => isWeighted(folder.read(file)));
      assert.deepEqual(
        weighted,
        Object.keys(cases).map((name) => `${name}.yaml`),
      );
    });

    for (const [name, shares] of Object.entries(cases)) {
      it(`are exact when chance is: ${name}`, async () => {
        const want = Object.entries(shares).map(([version, percent]) => [`reviews-${version}`, percent * 10] as const);
        assert.deepEqual(await count(name, 1000, { env: { random: eachOnce() } }), Object.fromEntries(want));
      });

      it(`are within 5 sigma of 10,000 requests: ${name}`, async () => {
        const total = 10_000;
        const counts = await count(name, total);
        assert.equal(
          Object.values(counts).reduce((sum, one) => sum + one, 0),
          total,
        );
        assert.equal(Object.keys(counts).length, Object.keys(shares).length);
        for (const [version, percent] of Object.entries(shares)) {
          const share = percent / 100;
          const off = Math.abs((counts[`reviews-${version}`] ?? 0) - total * share);
          assert(off <= 5 * Math.sqrt(total * share * (1 - share)), `${version} is ${off} off`);
        }
      });
    }
  });
}

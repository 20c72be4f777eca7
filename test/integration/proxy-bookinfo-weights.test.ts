import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { type Bookinfo, startBookinfo } from '../support/mesh/bookinfo.js';
import { bookinfoShares, isWithinFiveSigma } from '../support/mesh/bookinfo-shares.js';
import { countAnswers } from '../support/mesh/load.js';
import { isWeighted, networking } from '../support/mesh/networking.js';
import { TestMesh, type TestProxyOptions } from '../support/mesh/test-mesh.js';
import { httpProxy } from '../support/mesh/test-proxy.js';

/** Every number of a thousand once, in an order that looks like none. */
function eachOnce(): () => number {
  let call = 0;
  return () => (((call++ * 617) % 1000) + 0.5) / 1000;
}

for (const folder of [networking.own, networking.samples]) {
  const cases = bookinfoShares(folder);
  describe(`shares of reviews by ${folder.name}`, { skip: folder.skip, timeout: 180_000 }, () => {
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
        assert(isWithinFiveSigma(new Map(Object.entries(counts)), shares, total), JSON.stringify(counts));
      });
    }
  });
}

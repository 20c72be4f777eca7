import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { envoyPeer } from '../support/envoy.js';
import { type Bookinfo, startBookinfo } from '../support/mesh/bookinfo.js';
import {
  bookinfoCases,
  type Check,
  jason,
  rulesOf,
  type StartOptions,
  whoAnswers,
} from '../support/mesh/bookinfo-cases.js';
import { bookinfoShares, isWithinFiveSigma } from '../support/mesh/bookinfo-shares.js';
import { EnvoyMesh } from '../support/mesh/envoy-mesh.js';
import { countAnswers } from '../support/mesh/load.js';
import { isWeighted, networking } from '../support/mesh/networking.js';
import { TestMesh } from '../support/mesh/test-mesh.js';
import { httpProxy, type TestProxy } from '../support/mesh/test-proxy.js';
import { eventually } from '../support/peer.js';

// What each file says, shown with requests through a stock Envoy that Pilot tells of it: the same cases as for our proxy.
describe('traffic of bookinfo through Envoy', { skip: envoyPeer.skip, timeout: 180_000 }, () => {
  if (envoyPeer.skip !== false) return;
  const mesh = new TestMesh();
  const sidecar = new EnvoyMesh(mesh);
  const router = new EnvoyMesh(mesh, { type: 'router', labels: { istio: 'ingressgateway' } });
  let shop: Bookinfo;
  let fast: Bookinfo;
  before(async () => {
    shop = await startBookinfo(mesh);
    fast = await startBookinfo(mesh, (name) => mesh.fast(name));
  });

  /** An Envoy's chance is its own: but those that have turns do not get two in a row. */
  const balancesByChance: Check = async ({ start }) => {
    const proxy = await start();
    const names: string[] = [];
    for (let call = 0; call < 60; call++) names.push((await proxy.get('http://reviews:9080/')).by);
    assert.equal(new Set(names).size, 3);
    assert(names.some((name, index) => name === names[index + 1]));
  };

  const delayed = async (): Promise<number> =>
    [...(await sidecar.envoy.stats('fault.delays_injected$')).values()].reduce((sum, one) => sum + one, 0);

  /** Waits until one request is held, and not for its end. */
  const delaysForJason =
    (millis: number): Check =>
    async ({ start, shop: one }) => {
      const proxy = await start();
      const [seen, held] = [one.count('ratings'), await delayed()];
      const ending = new AbortController();
      const { signal } = ending;
      const headers = { host: 'ratings:9080', ...jason };
      const asked = proxy.ask({ port: proxy.port(httpProxy), path: 'http://ratings:9080/', headers, signal });
      const outcome = asked.then(
        ({ by }) => by,
        () => 'given up',
      );
      await eventually(async () => ((await delayed()) > held ? true : undefined));
      assert.equal(await whoAnswers(proxy, 'ratings'), 'ratings-v1');
      assert.equal(one.count('ratings'), seen + 4);
      ending.abort();
      assert.equal(await outcome, 'given up');
      assert.match(
        await sidecar.envoy.admin('/config_dump?mask=dynamic_route_configs'),
        new RegExp(`"fixed_delay": "${millis / 1000}s"`),
      );
    };

  const { ofSamples, ofOwn } = bookinfoCases({ balancesByChance, delaysForJason, hasTunnels: false });

  for (const [folder, cases] of [
    [networking.own, ofOwn],
    [networking.samples, ofSamples],
  ] as const) {
    describe(`by ${folder.name}`, { skip: folder.skip }, () => {
      if (folder.skip !== false) return;

      it('has a case for each file', () => {
        const files = folder.files.map((file) => file.replace(/\.yaml$/, ''));
        assert.deepEqual(files.toSorted(), [...Object.keys(cases), ...Object.keys(bookinfoShares(folder))].sort());
      });

      for (const [name, [title, check]] of Object.entries(cases)) {
        it(`${title}: ${name}`, async () => {
          const text = folder.read(`${name}.yaml`);
          const start = ({
            more = '',
            shop: other = shop,
            proxy,
            build,
            ports,
          }: StartOptions = {}): Promise<TestProxy> => {
            const one = proxy?.type === 'router' ? router : sidecar;
            const { certificates } = build ?? {};
            return one.start(`${other.services}${rulesOf(text)}${text}${more}`, {
              ...(certificates !== undefined && { build: { certificates } }),
              ...(ports !== undefined && { ports }),
            });
          };
          await check({ mesh, shop, start });
        });
      }

      for (const [name, shares] of Object.entries(bookinfoShares(folder))) {
        it(`divides within 5 sigma of 1,000 requests: ${name}`, async () => {
          const text = folder.read(`${name}.yaml`);
          assert(isWeighted(text));
          const proxy = await sidecar.start(`${fast.services}${networking.own.read('subsets.yaml')}${text}`);
          const counts = await countAnswers(proxy.port(httpProxy), 'http://reviews:9080/', 1000);
          assert(isWithinFiveSigma(counts, shares, 1000), JSON.stringify([...counts]));
        });
      }
    });
  }

  it('is told nothing that it refuses, and complains of nothing', async () => {
    for (const { envoy } of [sidecar, router]) {
      assert.deepEqual((await envoy.trouble()).rejected, []);
      assert.deepEqual(envoy.complaints(), []);
    }
  });
});

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Answer, createCaller } from './app.js';
import type { Mesh } from './mesh.js';

/** One thing that the mesh does, shown by what it did. */
export interface Step {
  readonly title: string;
  /** Where it is said, in the bundled configuration. */
  readonly rule: string;
  /** Sends traffic and tells what became of it. */
  readonly run: (shop: Shop) => Promise<readonly string[]>;
}

/** Shoppers of the demo: they see nothing but the gateway. */
export interface Shop {
  readonly mesh: Mesh;
  /** As many requests, one after the other, as the user. */
  readonly visit: (
    path: string,
    given: { readonly times: number; readonly user: string },
  ) => Promise<readonly Answer[]>;
  /** Past the gateway and past any sidecar, straight to where others find a workload. */
  intrude(workload: string, path: string): Promise<Answer>;
  close(): void;
}

/** Opens the shop. */
export function openShop(mesh: Mesh): Shop {
  const caller = createCaller();
  const proxy = (name: string) => mesh.proxies.get(name)?.proxy;
  return {
    mesh,
    async visit(path, { times, user }) {
      const headers = { host: 'shop.example.com', 'end-user': user };
      const answers: Answer[] = [];
      for (let at = 0; at < times; at++) answers.push(await caller.call({ port: mesh.gatewayPort, path, headers }));
      return answers;
    },
    intrude(workload, path) {
      const inbound = [...(proxy(workload)?.addresses() ?? [])].find(([name]) => !/_1500[12]$|^virtual/.test(name));
      const { host = '127.0.0.1', port = 0 } = inbound?.[1] ?? {};
      return caller.call({ host, port, path, headers: { host: 'payments' } });
    },
    close: () => caller.close(),
  };
}

/** `reviews-v1 447, reviews-v2 53` */
function tally(answers: readonly Answer[], by: (answer: Answer) => string): string {
  const counts = new Map<string, number>();
  for (const one of answers) counts.set(by(one), (counts.get(by(one)) ?? 0) + 1);
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}

/** Longer than a batch of reports waits (reportBatchMaxTime). */
const quietMillis = 400;
const byWorkload = ({ by }: Answer): string => by;
const byStatus = ({ status }: Answer): string => String(status);

/** What is shown, in this order. */
export const steps: readonly Step[] = [
  {
    title: 'A new version of reviews gets a tenth of the readers',
    rule: 'VirtualService reviews: weight 90 and 10',
    run: async (shop) => {
      const answers = await shop.visit('/reviews/1', { times: 500, user: 'anna' });
      return [`500 requests, answered by: ${tally(answers, byWorkload)}`];
    },
  },
  {
    title: 'Half of the readers, from the moment that the file says so',
    rule: 'weight 50 and 50, told by Pilot over xDS',
    run: async ({ mesh, visit }) => {
      const file = join(mesh.configDir, 'traffic.yaml');
      const before = await readFile(file, 'utf8');
      const sidecar = (): string | undefined => mesh.proxies.get('storefront-v1')?.proxy.config?.version;
      const version = sidecar();
      const began = performance.now();
      await writeFile(file, before.replace('weight: 90', 'weight: 50').replace('weight: 10', 'weight: 50'));
      await until(() => sidecar() !== version);
      const millis = Math.round(performance.now() - began);
      const answers = await visit('/reviews/1', { times: 200, user: 'anna' });
      await writeFile(file, before);
      return [`after ${millis} ms, 200 requests, answered by: ${tally(answers, byWorkload)}`];
    },
  },
  {
    title: 'One reader is always shown the new version',
    rule: 'VirtualService reviews: header end-user is jason',
    run: async (shop) => {
      const answers = await shop.visit('/reviews/1', { times: 20, user: 'jason' });
      return [`20 requests of jason, answered by: ${tally(answers, byWorkload)}`];
    },
  },
  {
    title: 'A fault shows how the storefront bears it',
    rule: 'VirtualService reviews: fault for end-user tester',
    run: async ({ mesh, visit }) => {
      const seen = (): number => ['reviews-v1', 'reviews-v2'].reduce((sum, name) => sum + seenBy(mesh, name), 0);
      const before = seen();
      const answers = await visit('/reviews/1', { times: 20, user: 'tester' });
      return [`20 requests of tester, by status: ${tally(answers, byStatus)}; reviews saw ${seen() - before} of them`];
    },
  },
  {
    title: 'The next catalogue gets a copy of each request, and nobody sees its answers',
    rule: 'VirtualService catalogue: mirror',
    run: async ({ mesh, visit }) => {
      const before = seenBy(mesh, 'catalogue-v2');
      const answers = await visit('/catalogue/1', { times: 20, user: 'anna' });
      await until(() => seenBy(mesh, 'catalogue-v2') - before >= answers.length);
      const copies = seenBy(mesh, 'catalogue-v2') - before;
      return [`20 requests, answered by: ${tally(answers, byWorkload)}; catalogue-v2 saw ${copies} copies`];
    },
  },
  {
    title: 'A place that fails is left alone',
    rule: 'DestinationRule payments: outlierDetection',
    run: async ({ mesh, visit }) => {
      const answers = await visit('/payments/1', { times: 40, user: 'anna' });
      const clusters = mesh.proxies.get('storefront-v1')?.proxy.clusters?.all() ?? [];
      const places = clusters.filter(({ name }) => name.includes('payments')).flatMap(({ endpoints }) => endpoints);
      const ejected = places.filter(({ isEjected }) => isEjected).map(({ name }) => name);
      return [`40 payments, by status: ${tally(answers, byStatus)}; ejected: ${ejected.join() || 'nobody'}`];
    },
  },
  {
    title: 'A shopper may search 20 times a minute',
    rule: 'QuotaSpec searches, and the handler limits of Mixer',
    run: async (shop) => {
      const greedy = await shop.visit('/catalogue/search', { times: 50, user: 'greedy' });
      const modest = await shop.visit('/catalogue/search', { times: 10, user: 'modest' });
      return [
        `50 searches of greedy, by status: ${tally(greedy, byStatus)}`,
        `10 searches of modest, by status: ${tally(modest, byStatus)}`,
      ];
    },
  },
  {
    title: 'Payments are taken from the storefront only',
    rule: 'rule guard-payments of Mixer',
    run: async (shop) => {
      const { status, body } = await shop.intrude('payments-v1', '/payments/1');
      return [`a stranger within the network: ${status} ${body.trim()}`];
    },
  },
  {
    title: 'Everybody is counted',
    rule: 'rule count-requests of Mixer',
    run: async ({ mesh }) => {
      // Sidecars report in batches: what does not change any more is all.
      let page = '';
      for (let tries = 0; tries < 20; tries++) {
        const former = page;
        page = await mesh.mixer.metrics();
        if (page === former && tries > 0) break;
        await pause(quietMillis);
      }
      return page
        .split('\n')
        .filter((line) => line.startsWith('mesh_requests_total{'))
        .sort();
    },
  },
];

function seenBy(mesh: Mesh, name: string): number {
  return mesh.apps.get(name)?.seen() ?? 0;
}

/** Copies arrive when they arrive; two seconds are plenty. */
async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 100 && !isSo(); tries++) await pause(20);
}

function pause(millis: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, millis));
}

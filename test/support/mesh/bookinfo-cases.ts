import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { TestAuthority } from '../../proxy/upstream/certificates.js';
import { type Bookinfo, startBookinfo, versions } from './bookinfo.js';
import { networking } from './networking.js';
import type { TestMesh, TestProxyOptions } from './test-mesh.js';
import { echo, seenOf, type TestProxy } from './test-proxy.js';

// What files of bookinfo say, shown with requests through a proxy, whosever it is. Weights are elsewhere.

/** A case, and what it may use. */
export interface Site {
  readonly mesh: TestMesh;
  readonly shop: Bookinfo;
  /** Starts a proxy on the file, with the subsets of all services unless the file brings its own. */
  readonly start: (options?: StartOptions) => Promise<TestProxy>;
}
/** How a case differs from others. */
export interface StartOptions extends TestProxyOptions {
  readonly more?: string;
  readonly shop?: Bookinfo;
}
/** Shows what a file says. */
export type Check = (site: Site) => Promise<void>;

type ServiceName = keyof typeof versions;
export const jason = { 'end-user': 'jason' };
const router = { type: 'router', labels: { istio: 'ingressgateway' } } as const;

/** By the name of the file. */
export type Cases = Readonly<Record<string, readonly [title: string, check: Check]>>;

/** What depends on whose proxy it is: a real one has time and chance of its own. */
export interface OwnChecks {
  readonly balancesByChance: Check;
  readonly delaysForJason: (millis: number) => Check;
  /** Whether the HTTP proxy makes connections for CONNECT. */
  readonly hasTunnels: boolean;
}

/** Asks so often that each of four instances would have its turn. */
export async function whoAnswers(
  proxy: TestProxy,
  service: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  const answers = [];
  for (let call = 0; call < 4; call++) answers.push(await proxy.get(`http://${service}:9080/`, headers));
  return [...new Set(answers.map(({ by, status }) => (status === 200 ? by : String(status))))].sort().join();
}

/** Services whose requests all go to one version. */
const routes =
  (want: Readonly<Partial<Record<ServiceName, string>>>): Check =>
  async ({ start }) => {
    const proxy = await start();
    for (const [service, version] of Object.entries(want)) {
      assert.equal(await whoAnswers(proxy, service), `${service}-${version}`);
    }
  };

const steers =
  (user: string, want: string, others: string): Check =>
  async ({ start }) => {
    const proxy = await start();
    assert.equal(await whoAnswers(proxy, 'reviews', { 'end-user': user }), want);
    assert.equal(await whoAnswers(proxy, 'reviews', { 'end-user': 'somebody' }), others);
    assert.equal(await whoAnswers(proxy, 'reviews'), others);
  };

/** Rules for all subsets: a route by header shows where each of them leads. */
const toSubsets = (services: readonly ServiceName[]): string =>
  services
    .map((service) => {
      const rules = versions[service].map(
        (version) =>
          `{ match: [{ headers: { x-subset: { exact: ${version} } } }], route: [{ destination: { host: ${service}, subset: ${version} } }] }`,
      );
      return `---\nkind: VirtualService\nmetadata: { name: by-header-${service} }\nspec: { hosts: [${service}], http: [${rules.join(', ')}, { route: [{ destination: { host: ${service} } }] }] }\n`;
    })
    .join('');

const allServices = Object.keys(versions) as ServiceName[];

const hasSubsets: Check = async ({ start }) => {
  const proxy = await start({ more: toSubsets(allServices) });
  for (const service of allServices) {
    for (const version of versions[service]) {
      assert.equal(await whoAnswers(proxy, service, { 'x-subset': version }), `${service}-${version}`);
    }
    assert.equal(await whoAnswers(proxy, service), versions[service].map((version) => `${service}-${version}`).join());
  }
};

/** Services that take nothing but mutual TLS with certificates of the mesh; details shows somebody else's. */
const callsByMutualTls: Check = async ({ mesh, start }) => {
  const authority = new TestAuthority(mesh.folder, 'mesh');
  const account = (service: string): string => `URI:spiffe://cluster.local/ns/default/sa/bookinfo-${service}`;
  const serverNames = new Map<string, string>();
  const ca = readFileSync(authority.caFile);
  const shop = await startBookinfo(mesh, (name, service) => {
    const { cert, key } = authority.issue(name, account(service === 'details' ? 'somebody' : service));
    return mesh.http(name, {
      ...{ cert, key, ca, requestCert: true, rejectUnauthorized: true },
      SNICallback: (serverName, done) => {
        serverNames.set(name, serverName);
        done(null);
      },
    });
  });
  const { certFile, keyFile } = authority.issue('caller', account('productpage'));
  const certificates = { certificateFile: certFile, privateKeyFile: keyFile, caFile: authority.caFile };
  const proxy = await start({ shop, build: { certificates }, more: toSubsets(allServices) });
  assert.equal(await whoAnswers(proxy, 'reviews', { 'x-subset': 'v2' }), 'reviews-v2');
  assert.equal(serverNames.get('reviews-v2'), 'outbound_.9080_.v2_.reviews.default.svc.cluster.local');
  assert.equal(await whoAnswers(proxy, 'ratings', { 'x-subset': 'v2-mysql-vm' }), 'ratings-v2-mysql-vm');
  assert.equal(await whoAnswers(proxy, 'productpage'), 'productpage-v1');
  assert.equal(serverNames.get('productpage-v1'), 'outbound_.9080_._.productpage.default.svc.cluster.local');
  assert.equal(await whoAnswers(proxy, 'details'), '503');
  const stranger = new TestAuthority(mesh.folder, 'stranger').issue('of-stranger', account('productpage'));
  const other = { ...certificates, certificateFile: stranger.certFile, privateKeyFile: stranger.keyFile };
  assert.equal(await whoAnswers(await start({ shop, build: { certificates: other } }), 'productpage'), '503');
};

/** Paths that a gateway lets in, to one service. */
const letsIn =
  (service: string, paths: readonly string[], others: readonly string[]): Check =>
  async ({ start }) => {
    const proxy = await start({ proxy: router });
    for (const path of paths) {
      const answer = await proxy.at('0.0.0.0_80', 'shop.example.com', path);
      assert.deepEqual([answer.by, seenOf(answer).path], [service, path]);
    }
    for (const path of others) {
      const { status, by } = await proxy.at('0.0.0.0_80', 'shop.example.com', path);
      assert.deepEqual([path, status, by], [path, 404, '']);
    }
  };

/** What the application asks for in the clear goes out by TLS. */
const originatesTls =
  (host: string, serverName: string): Check =>
  async ({ mesh, start }) => {
    const authority = new TestAuthority(mesh.folder, `of-${host}`);
    const { cert, key } = authority.issue(host, `DNS:${host}`);
    const names: string[] = [];
    const outside = await mesh.http('outside', {
      ...{ cert, key },
      SNICallback: (name, done) => {
        names.push(name);
        done(null);
      },
    });
    const proxy = await start({
      hosts: { [host]: ['127.0.0.1'] },
      ports: { '127.0.0.1:443': outside.port, [`${host}:443`]: outside.port },
    });
    const answer = await proxy.get(`http://${host}/books?q=a`);
    assert.deepEqual([answer.status, answer.by], [200, 'outside']);
    const { host: asked, path } = seenOf(answer);
    assert.deepEqual([asked, path, names.join()], [host, '/books?q=a', serverName]);
    assert.equal((await proxy.get('http://unknown.example.com/')).status, 502);
  };

const aborts =
  (service: string, status: number, headers: Readonly<Record<string, string>>): Check =>
  async ({ start, shop }) => {
    const proxy = await start();
    const before = shop.count(service);
    const answer = await proxy.get(`http://${service}:9080/`, headers);
    assert.deepEqual([answer.status, answer.body, shop.count(service)], [status, 'fault filter abort', before]);
  };

const abortsForJason =
  (status: number): Check =>
  async (site) => {
    await aborts('ratings', status, jason)(site);
    assert.equal(await whoAnswers(await site.start(), 'ratings'), 'ratings-v1');
  };

/** What the new version of ratings calls, is no HTTP. */
const withDatabase =
  (hasTunnels: boolean, version: string, name: string, port: number): Check =>
  async (site) => {
    await routes({ reviews: 'v3', ratings: version })(site);
    const proxy = await site.start({ build: { outboundPorts: 'all' } });
    assert.equal(await echo(await proxy.dial(`127.0.0.1_${port}`), 'select', name), `${name}:select`);
    if (!hasTunnels) return;
    assert.equal(await echo(await proxy.tunnel(`${name}:${port}`), 'insert', name), `${name}:insert`);
  };

const productPaths = ['/productpage', '/static/a.css', '/login', '/logout', '/api/v1/products/0'];
const closedPaths = ['/', '/productpage/0', '/admin', '/logins'];

/** The cases of the samples, and of our own files. */
export function bookinfoCases({ balancesByChance, delaysForJason, hasTunnels }: OwnChecks): {
  readonly ofSamples: Cases;
  readonly ofOwn: Cases;
} {
  const ofSamples: Cases = {
    'bookinfo-gateway': ['lets five paths in', letsIn('productpage-v1', productPaths, closedPaths)],
    'certmanager-gateway': [
      'lets challenges in',
      letsIn('cert-manager-resolver', ['/.well-known/acme-challenge/a'], ['/', '/.well-known/']),
    ],
    'destination-rule-all': ['makes subsets', hasSubsets],
    'destination-rule-all-mtls': ['calls by mutual TLS', callsByMutualTls],
    'destination-rule-reviews': ['balances by chance', balancesByChance],
    'egress-rule-google-apis': ['encrypts what goes out', originatesTls('www.googleapis.com', '')],
    'fault-injection-details-v1': ['aborts all', aborts('details', 555, {})],
    'virtual-service-all-v1': [
      'goes to v1 of all',
      routes({ productpage: 'v1', reviews: 'v1', ratings: 'v1', details: 'v1' }),
    ],
    'virtual-service-details-v2': ['goes to v2', routes({ details: 'v2' })],
    'virtual-service-ratings-db': [
      'goes to the version with a database',
      withDatabase(hasTunnels, 'v2', 'mongodb', 27_017),
    ],
    'virtual-service-ratings-mysql': [
      'goes to the version with MySQL',
      withDatabase(hasTunnels, 'v2-mysql', 'mysqldb', 3306),
    ],
    'virtual-service-ratings-mysql-vm': [
      'goes to the version with MySQL elsewhere',
      withDatabase(hasTunnels, 'v2-mysql-vm', 'mysqldb', 3306),
    ],
    'virtual-service-ratings-test-abort': ['aborts for one user', abortsForJason(500)],
    'virtual-service-ratings-test-delay': ['delays for one user', delaysForJason(7000)],
    'virtual-service-reviews-jason-v2-v3': ['steers one user', steers('jason', 'reviews-v2', 'reviews-v3')],
    'virtual-service-reviews-test-v2': ['steers one user', steers('jason', 'reviews-v2', 'reviews-v1')],
    'virtual-service-reviews-v3': ['goes to v3', routes({ reviews: 'v3' })],
  };

  const ofOwn: Cases = {
    abort: ['aborts for one user', abortsForJason(503)],
    delay: ['delays for one user', delaysForJason(30_000)],
    'egress-tls': ['encrypts what goes out', originatesTls('books.example.com', 'books.example.com')],
    'gateway-paths': [
      'lets two paths in',
      letsIn('productpage-v1', ['/productpage', '/static/a'], ['/', '/productpage/a']),
    ],
    'mutual-tls': ['calls by mutual TLS', callsByMutualTls],
    'one-version': ['goes to one version', routes({ ratings: 'v2-mysql', details: 'v2' })],
    random: ['balances by chance', balancesByChance],
    'steer-by-header': ['steers users by prefix', steers('test-a', 'reviews-v3', 'reviews-v2')],
    subsets: ['makes subsets', hasSubsets],
  };
  return { ofSamples, ofOwn };
}

/** The rules for subsets that a text does not bring itself. */
export const rulesOf = (text: string): string =>
  networking.own
    .read('subsets.yaml')
    .split(/^---$/m)
    .filter((rule) => {
      const [, service] = /host: (\w+)/.exec(rule) ?? [];
      return service !== undefined && !new RegExp(`kind: DestinationRule[^]*?\\n  host: ${service}\\b`).test(text);
    })
    .map((rule) => `---${rule}`)
    .join('');

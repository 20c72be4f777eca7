import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { resource } from '../pilot/support.js';
import { listServices, meshConfig } from '../support/mesh/services.js';
import { type StandIn } from '../support/mesh/stand-in.js';
import { TestMesh } from '../support/mesh/test-mesh.js';
import { type Answer, seenOf, type TestProxy } from '../support/mesh/test-proxy.js';
import { TestTime, until } from '../support/mesh/test-time.js';

// What a VirtualService can do with requests, row by row (mesh.md 2.1).
const subsets = resource(
  'DestinationRule',
  'shop',
  '{ host: shop, subsets: [{ name: v1, labels: { version: v1 } }, { name: v2, labels: { version: v2 } }] }',
);

interface Call {
  readonly url?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What is told of an answer. */
interface Outcome {
  readonly status?: number;
  readonly by?: string;
  readonly host?: string;
  readonly path?: string;
  /** Of the request that the service got; undefined for one that must not be there. */
  readonly sent?: Readonly<Record<string, string | undefined>>;
  readonly got?: Readonly<Record<string, string | undefined>>;
}

interface Row {
  readonly title: string;
  readonly http: string;
  readonly calls: readonly (readonly [call: Call, want: Outcome])[];
}

const to = (subset: string, more = ''): string => `route: [{ destination: { host: shop, subset: ${subset} }${more} }]`;
const toV1 = `{ ${to('v1')} }`;
const v1 = { by: 'v1' };
const v2 = { by: 'v2' };
const origin = { origin: 'http://a.example.com' };

const matching = (title: string, match: string, hits: readonly Call[], misses: readonly Call[]): Row => ({
  title: `matches by ${title}`,
  http: `[{ match: [${match}], ${to('v2')} }, ${toV1}]`,
  calls: [...hits.map((call) => [call, v2] as const), ...misses.map((call) => [call, v1] as const)],
});

const matches: readonly Row[] = [
  matching(
    'exact path',
    '{ uri: { exact: /a } }',
    [{ url: '/a' }, { url: '/a?q=1' }],
    [{ url: '/a/b' }, { url: '/A' }],
  ),
  matching('prefix of the path', '{ uri: { prefix: /a } }', [{ url: '/a' }, { url: '/ab' }], [{ url: '/b/a' }]),
  matching('regex of the whole path', '{ uri: { regex: "/a[0-9]+" } }', [{ url: '/a12' }], [{ url: '/a12b' }]),
  matching('path in any case', '{ uri: { exact: /a }, ignoreUriCase: true }', [{ url: '/A' }], [{ url: '/B' }]),
  matching('method', '{ method: { exact: PUT } }', [{ method: 'PUT' }], [{}]),
  matching('authority', '{ authority: { prefix: "shop.default" } }', [{ url: 'http://shop.default:80/' }], [{}]),
  matching('scheme', '{ scheme: { exact: https } }', [], [{}]),
  matching(
    'several headers',
    '{ headers: { x-a: { exact: "1" }, x-b: { regex: "[a-c]+" } } }',
    [{ headers: { 'x-a': '1', 'x-b': 'abc' } }],
    [{ headers: { 'x-a': '1' } }, { headers: { 'x-a': '1', 'x-b': 'abd' } }],
  ),
  matching('presence of a header', '{ headers: { x-a: {} } }', [{ headers: { 'x-a': 'any' } }], [{}]),
  matching('query', '{ queryParams: { q: { exact: a } } }', [{ url: '/?p=1&q=a' }], [{ url: '/?q=ab' }, {}]),
  matching(
    'one of several',
    '{ uri: { exact: /a } }, { uri: { exact: /b }, method: { exact: PUT } }',
    [{ url: '/a' }, { url: '/b', method: 'PUT' }],
    [{ url: '/b' }],
  ),
  matching('port', '{ port: 80 }', [{}], [{ url: 'http://shop:8000/' }]),
  matching('labels of the caller', '{ sourceLabels: { app: client } }', [{}], []),
  matching('labels of another caller', '{ sourceLabels: { app: other } }', [], [{}]),
  matching('gateway', '{ gateways: [edge] }', [], [{}]),
];

const changes: readonly Row[] = [
  {
    title: 'rewrites prefix and authority',
    http: `[{ match: [{ uri: { prefix: /old/ } }], rewrite: { uri: /new/, authority: b.example.com }, ${to('v1')} }]`,
    calls: [
      [
        { url: '/old/a?q=1' },
        { host: 'b.example.com', path: '/new/a?q=1', sent: { 'x-envoy-original-path': '/old/a?q=1' } },
      ],
      [{ url: '/other' }, { status: 404, by: '' }],
    ],
  },
  {
    title: 'rewrites a whole path that was matched as such',
    http: `[{ match: [{ uri: { exact: /old } }], rewrite: { uri: /new }, ${to('v1')} }]`,
    calls: [[{ url: '/old?q=1' }, { path: '/new?q=1' }]],
  },
  {
    title: 'redirects',
    http: `[{ match: [{ uri: { exact: /a } }], redirect: { uri: /b, authority: c.example.com, redirectCode: 307 } }, { redirect: { authority: c.example.com } }]`,
    calls: [
      [{ url: '/a' }, { status: 307, by: '', got: { location: 'http://c.example.com/b' } }],
      [{ url: '/x?q=1' }, { status: 301, by: '', got: { location: 'http://c.example.com/x?q=1' } }],
    ],
  },
  {
    title: 'sets, adds and removes headers of route and destination',
    http: `[{ headers: { request: { set: { x-a: route }, add: { x-b: more }, remove: [x-c] }, response: { set: { x-r: route }, remove: [x-gone] } }, route: [{ destination: { host: shop, subset: v1 }, headers: { request: { set: { x-d: destination } }, response: { add: { x-s: destination } } } }] }]`,
    calls: [
      [
        { headers: { 'x-a': 'mine', 'x-b': 'mine', 'x-c': 'mine' } },
        {
          sent: { 'x-a': 'route', 'x-b': 'mine, more', 'x-c': undefined, 'x-d': 'destination' },
          got: { 'x-r': 'route', 'x-s': 'destination', 'x-gone': undefined },
        },
      ],
    ],
  },
  {
    title: 'answers preflight requests itself, and gives answers their origin',
    http: `[{ corsPolicy: { allowOrigin: ["http://a.example.com"], allowMethods: [GET, PUT], allowHeaders: [x-a], exposeHeaders: [x-b], maxAge: 1h, allowCredentials: true }, ${to('v1')} }]`,
    calls: [
      [
        { method: 'OPTIONS', headers: { ...origin, 'access-control-request-method': 'PUT' } },
        {
          status: 200,
          by: '',
          got: {
            'access-control-allow-origin': origin.origin,
            'access-control-allow-methods': 'GET,PUT',
            'access-control-allow-headers': 'x-a',
            'access-control-max-age': '3600',
            'access-control-allow-credentials': 'true',
          },
        },
      ],
      [
        { headers: origin },
        { by: 'v1', got: { 'access-control-allow-origin': origin.origin, 'access-control-expose-headers': 'x-b' } },
      ],
      [
        { headers: { origin: 'http://b.example.com' } },
        { by: 'v1', got: { 'access-control-allow-origin': undefined } },
      ],
    ],
  },
  {
    title: 'says 503 for a subset that no rule has',
    http: `[{ ${to('v9')} }]`,
    calls: [[{}, { status: 503, by: '' }]],
  },
  {
    title: 'routes to another service on another port',
    http: '[{ route: [{ destination: { host: other, port: { number: 8000 } } }] }]',
    calls: [[{}, { by: 'other', host: 'shop' }]],
  },
  {
    title: 'passes errors of services on',
    http: `[{ match: [{ uri: { exact: /418 } }], ${to('v1')} }]`,
    calls: [[{ url: '/418' }, { status: 418, by: 'v1' }]],
  },
];

describe('a VirtualService', { timeout: 180_000 }, () => {
  const mesh = new TestMesh();
  const apps = new Map<string, StandIn>();
  let services = '';

  before(async () => {
    for (const name of ['v1', 'v2', 'other']) {
      const app = await mesh.http(name);
      app.answer = (request, response) => {
        response.setHeader('x-gone', 'here');
        if (request.url === '/418') response.statusCode = 418;
        return false;
      };
      apps.set(name, app);
    }
    const place = (name: string) => ({ app: apps.get(name)!, labels: { version: name } });
    services = listServices([
      { name: 'shop', ports: { http: 80, 'http-b': 8000 }, places: [place('v1'), place('v2')] },
      { name: 'other', ports: { http: 8000 }, places: [place('other')] },
    ]);
  });

  const start = (http: string, time?: TestTime): Promise<TestProxy> =>
    mesh.proxy(
      services + meshConfig() + subsets + resource('VirtualService', 'shop', `{ hosts: [shop], http: ${http} }`),
      {
        proxy: { labels: { app: 'client' } },
        ...(time === undefined ? {} : { env: time.env(), upstreamEnv: time.upstreamEnv() }),
      },
    );
  const call = (proxy: TestProxy, { url = '/', headers = {}, method = 'GET' }: Call): Promise<Answer> =>
    proxy.get(url.startsWith('/') ? `http://shop${url}` : url, headers, method);

  for (const { title, http, calls } of [...matches, ...changes]) {
    it(title, async () => {
      const proxy = await start(http);
      for (const [asked, want] of calls) {
        const answer = await call(proxy, asked);
        const { status = 200, by, sent = {}, got = {} } = want;
        const where = JSON.stringify(asked);
        assert.equal(answer.status, status, where);
        if (by !== undefined) assert.equal(answer.by, by, where);
        for (const [name, value] of Object.entries(got)) assert.equal(answer.headers[name], value, `${where} ${name}`);
        if (answer.by === '') continue;
        const seen = seenOf(answer);
        if (want.host !== undefined) assert.equal(seen.host, want.host);
        if (want.path !== undefined) assert.equal(seen.path, want.path);
        for (const [name, value] of Object.entries(sent)) assert.equal(seen.headers[name], value, `${where} ${name}`);
      }
    });
  }

  it('mirrors to another service, whose answer nobody sees', async () => {
    const proxy = await start(`[{ mirror: { host: other, port: { number: 8000 } }, ${to('v1')} }]`);
    const other = apps.get('other')!;
    const former = other.seen.length;
    assert.equal((await call(proxy, { url: '/m' })).by, 'v1');
    await until(() => other.seen.length > former);
    const { host, path } = other.seen.at(-1)!;
    assert.deepEqual([host, path], ['shop-shadow', '/m']);
  });

  it('mirrors the share that it says', async () => {
    let roll = 0;
    const env = { random: () => (roll++ % 10) / 10 };
    const mirrored = apps.get('v2')!;
    const former = mirrored.seen.length;
    const yaml = resource(
      'VirtualService',
      'shop',
      `{ hosts: [shop], http: [{ mirror: { host: shop, subset: v2 }, mirrorPercent: 20, ${to('v1')} }] }`,
    );
    const proxy = await mesh.proxy(services + meshConfig() + subsets + yaml, { env });
    for (let i = 0; i < 20; i++) assert.equal((await call(proxy, {})).by, 'v1');
    await until(() => mirrored.seen.length >= former + 4);
    assert.equal(mirrored.seen.length, former + 4);
  });

  it('aborts the share that it says', async () => {
    let roll = 0;
    const env = { random: () => (roll++ % 10) / 10 };
    const http = `[{ fault: { abort: { percent: 30, httpStatus: 418 } }, ${to('v1')} }]`;
    const yaml = resource('VirtualService', 'shop', `{ hosts: [shop], http: ${http} }`);
    const proxy = await mesh.proxy(services + meshConfig() + subsets + yaml, { env });
    let aborted = 0;
    for (let i = 0; i < 20; i++) if ((await call(proxy, {})).status === 418) aborted++;
    assert.equal(aborted, 6);
  });

  it('may be for all services of a namespace', async () => {
    const rule = '{ hosts: ["*.default.svc.cluster.local"], http: [{ route: [{ destination: { host: other } }] }] }';
    const proxy = await mesh.proxy(services + meshConfig() + resource('VirtualService', 'all', rule));
    assert.equal((await call(proxy, {})).by, 'other');
    assert.equal((await call(proxy, { url: 'http://shop.default:8000/' })).by, 'other');
  });

  it('gives up after its timeout', async () => {
    const time = new TestTime();
    const proxy = await start(`[{ timeout: 250ms, ${to('v2')} }]`, time);
    const app = apps.get('v2')!;
    const usual = app.answer;
    app.answer = () => true;
    const asked = call(proxy, {});
    await time.untilWaiting(250);
    await time.clock.advance(250);
    assert.deepEqual(await asked.then(({ status, body }) => [status, body]), [504, 'upstream request timeout']);
    app.answer = usual;
  });

  it('tries again as its retries say, each time elsewhere', async () => {
    const time = new TestTime();
    const proxy = await mesh.proxy(
      services +
        meshConfig() +
        resource(
          'VirtualService',
          'shop',
          '{ hosts: [shop], http: [{ retries: { attempts: 3, retryOn: "5xx" }, route: [{ destination: { host: shop } }] }] }',
        ),
      { env: time.env(), upstreamEnv: time.upstreamEnv() },
    );
    const broken = apps.get('v1')!;
    const usual = broken.answer;
    broken.answer = (_request, response) => {
      response.statusCode = 500;
      return false;
    };
    for (let i = 0; i < 4; i++) {
      const asked = call(proxy, {});
      let answer: Answer | undefined;
      void asked.then((one) => (answer = one));
      // Chance is 0, and with it the wait between attempts.
      while (answer === undefined) {
        await time.clock.advance(0);
        await new Promise((resolve) => setImmediate(resolve));
      }
      assert.deepEqual([answer.status, answer.by], [200, 'v2']);
    }
    broken.answer = usual;
  });
});

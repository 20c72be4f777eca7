import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, beforeEach, describe, it } from 'node:test';
import { TLSSocket } from 'node:tls';
import { resource } from '../pilot/support.js';
import { TestAuthority } from '../proxy/upstream/certificates.js';
import { listServices, meshConfig, type Place } from '../support/mesh/services.js';
import type { StandIn } from '../support/mesh/stand-in.js';
import { TestMesh, type TestProxyOptions } from '../support/mesh/test-mesh.js';
import type { Answer, TestProxy } from '../support/mesh/test-proxy.js';
import { settled, TestTime, until } from '../support/mesh/test-time.js';

// What a DestinationRule can say about how a service is called, row by row (mesh.md 2.2 and 2.8).
describe('a DestinationRule', { timeout: 180_000 }, () => {
  const mesh = new TestMesh();
  const names = ['a', 'b', 'c'] as const;
  const apps = {} as Record<(typeof names)[number], StandIn>;
  const localities = { a: 'us/west/1', b: 'us/east/1', c: 'eu/north/1' };

  before(async () => {
    for (const name of names) apps[name] = await mesh.http(name);
  });
  beforeEach(() => {
    for (const app of Object.values(apps)) app.answer = undefined;
  });

  interface Given {
    readonly policy: string;
    readonly annotations?: string;
    readonly meshFields?: string;
    readonly retries?: string;
    readonly options?: TestProxyOptions;
    readonly places?: readonly Place[];
  }

  /** A service of three places, and a rule for it. Nothing is tried again unless a test says so. */
  function start({
    policy,
    annotations = '',
    meshFields,
    retries = 'attempts: 0',
    ...rest
  }: Given): Promise<TestProxy> {
    const places = rest.places ?? names.map((name) => ({ app: apps[name], locality: localities[name] }));
    const yaml = [
      listServices([{ name: 'shop', ports: { http: 80, 'http-b': 8000 }, places }]),
      meshConfig(meshFields),
      resource(
        'VirtualService',
        'shop',
        `{ hosts: [shop], http: [{ retries: { ${retries} }, route: [{ destination: { host: shop } }] }] }`,
      ),
      `---\nkind: DestinationRule\nmetadata: { name: shop, annotations: { ${annotations} } }\nspec: { host: shop, trafficPolicy: ${policy} }\n`,
    ];
    return mesh.proxy(yaml.join(''), rest.options);
  }
  const who = async (proxy: TestProxy, calls = 6, url = 'http://shop/'): Promise<string> => {
    const found = new Set<string>();
    for (let i = 0; i < calls; i++) {
      const { by, status } = await proxy.get(url);
      found.add(by === '' ? String(status) : by);
    }
    return [...found].sort().join('');
  };
  const timed = (time: TestTime, proxy?: TestProxyOptions['proxy']): TestProxyOptions => ({
    env: time.env(),
    upstreamEnv: time.upstreamEnv(),
    ...(proxy === undefined ? {} : { proxy }),
  });
  const failing = (status: number): StandIn['answer'] => {
    return (_request, response) => {
      response.statusCode = status;
      return false;
    };
  };

  for (const [simple, want, random] of [
    ['ROUND_ROBIN', 'abc', 0],
    ['LEAST_CONN', 'abc', undefined],
    ['RANDOM', 'abc', undefined],
  ] as const) {
    it(`calls all by ${simple}`, async () => {
      const options = random === undefined ? {} : { upstreamEnv: { random: () => random } };
      assert.equal(await who(await start({ policy: `{ loadBalancer: { simple: ${simple} } }`, options }), 60), want);
    });
  }

  it('goes where the caller wanted to by PASSTHROUGH', async () => {
    const proxy = await start({
      policy: '{ loadBalancer: { simple: PASSTHROUGH } }',
      options: { hosts: { shop: ['127.0.0.1'] } },
    });
    const { status } = await proxy.get('http://shop/');
    assert.equal(status, 503);
    assert.match(
      JSON.stringify([...(proxy.proxy.clusters?.get('outbound|80||shop.default.svc.cluster.local')?.stats ?? [])]),
      /upstream_cx_connect_fail",1/,
    );
  });

  it('keeps a caller at one place by a header', async () => {
    const proxy = await start({ policy: '{ loadBalancer: { consistentHash: { httpHeaderName: x-user } } }' });
    const places = new Map<string, string>();
    for (let user = 0; user < 30; user++) {
      const first = await proxy.get('http://shop/', { 'x-user': `u${user}` });
      const again = await proxy.get('http://shop/', { 'x-user': `u${user}` });
      assert.equal(first.by, again.by);
      places.set(`u${user}`, first.by);
    }
    assert.equal(new Set(places.values()).size, 3);
    const other = await start({ policy: '{ loadBalancer: { consistentHash: { httpHeaderName: x-user } } }' });
    for (const [user, by] of places) assert.equal((await other.get('http://shop/', { 'x-user': user })).by, by);
  });

  it('keeps a caller at one place by a cookie, which it makes', async () => {
    const policy = '{ loadBalancer: { consistentHash: { httpCookie: { name: user, path: /, ttl: 60s } } } }';
    const proxy = await start({ policy });
    const { headers, by } = await proxy.get('http://shop/');
    const [cookie = ''] = headers['set-cookie'] ?? [];
    assert.match(cookie, /^user="[0-9a-f]+"; Max-Age=60; Path=\/; HttpOnly$/);
    for (let i = 0; i < 5; i++) {
      const answer = await proxy.get('http://shop/', { cookie: cookie.split(';')[0]! });
      assert.deepEqual([answer.by, answer.headers['set-cookie']], [by, undefined]);
    }
  });

  it('keeps a caller at one place by its address', async () => {
    const proxy = await start({ policy: '{ loadBalancer: { consistentHash: { useSourceIp: true } } }' });
    assert.equal((await who(proxy, 9)).length, 1);
  });

  it('says other things of other ports', async () => {
    const policy =
      '{ loadBalancer: { simple: ROUND_ROBIN }, portLevelSettings: [{ port: { number: 8000 }, loadBalancer: { consistentHash: { useSourceIp: true } } }] }';
    const proxy = await start({ policy });
    assert.equal(await who(proxy), 'abc');
    assert.equal((await who(proxy, 9, 'http://shop:8000/')).length, 1);
  });

  it('leaves out a place that fails again and again, longer each time', async () => {
    const time = new TestTime();
    const policy =
      '{ outlierDetection: { consecutiveErrors: 2, interval: 1s, baseEjectionTime: 10s, maxEjectionPercent: 50 } }';
    const proxy = await start({ policy, options: timed(time) });
    apps.a.answer = failing(503);
    assert.equal(await who(proxy), 'abc');
    const former = apps.a.seen.length;
    assert.equal(await who(proxy), 'bc');
    await time.clock.advance(9_000);
    assert.equal(await who(proxy), 'bc');
    assert.equal(apps.a.seen.length, former);
    await time.clock.advance(2_000);
    assert.equal(await who(proxy), 'abc');
    await time.clock.advance(11_000);
    assert.equal(await who(proxy), 'bc');
    apps.a.answer = undefined;
    await time.clock.advance(10_000);
    assert.equal(await who(proxy), 'abc');
  });

  it('does not count errors that are not those of a gateway', async () => {
    const policy = '{ outlierDetection: { consecutiveErrors: 1 } }';
    const proxy = await start({ policy });
    apps.a.answer = failing(500);
    assert.equal(await who(proxy, 12), 'abc');
  });

  it('never leaves out more than it may', async () => {
    const policy = '{ outlierDetection: { consecutiveErrors: 1, maxEjectionPercent: 30 } }';
    const proxy = await start({ policy });
    for (const app of Object.values(apps)) app.answer = failing(503);
    await who(proxy, 12);
    assert.equal((await who(proxy, 12)).length, 2);
  });

  it('goes to near places, and further only when those fail', async () => {
    const time = new TestTime();
    const policy = '{ outlierDetection: { consecutiveErrors: 1, baseEjectionTime: 10s, maxEjectionPercent: 100 } }';
    const proxy = await start({ policy, options: timed(time, { locality: 'us/west/1' }) });
    assert.equal(await who(proxy), 'a');
    apps.a.answer = failing(503);
    await proxy.get('http://shop/');
    assert.equal(await who(proxy), 'b');
    apps.b.answer = failing(503);
    await proxy.get('http://shop/');
    assert.equal(await who(proxy), 'c');
    apps.a.answer = undefined;
    await time.clock.advance(20_000);
    assert.equal(await who(proxy), 'a');
  });

  it('fails over to the region that the mesh says', async () => {
    const policy = '{ outlierDetection: { consecutiveErrors: 1, maxEjectionPercent: 100 } }';
    const places = [
      { app: apps.a, locality: 'us/west' },
      { app: apps.b, locality: 'asia/one' },
      { app: apps.c, locality: 'eu/one' },
    ];
    const meshFields = 'localityLbSetting: { failover: [{ from: us, to: eu }] }';
    const proxy = await start({ policy, places, meshFields, options: { proxy: { locality: 'us/west' } } });
    assert.equal(await who(proxy), 'a');
    apps.a.answer = failing(503);
    await proxy.get('http://shop/');
    assert.equal(await who(proxy), 'c');
  });

  it('divides requests among localities as the mesh says', async () => {
    const meshFields = 'localityLbSetting: { distribute: [{ from: us/*, to: { "us/west/*": 80, "us/east/*": 20 } }] }';
    const options = { proxy: { locality: 'us/west/1' } };
    const proxy = await start({ policy: '{ loadBalancer: { simple: ROUND_ROBIN } }', meshFields, options });
    const counts = { a: 0, b: 0, c: 0 };
    for (let i = 0; i < 100; i++) counts[(await proxy.get('http://shop/')).by as 'a']++;
    assert.deepEqual(counts, { a: 80, b: 20, c: 0 });
  });

  it('refuses requests beyond its limits', async () => {
    const places = [{ app: apps.a }];
    const pool = '{ connectionPool: { tcp: { maxConnections: 1 }, http: { http1MaxPendingRequests: 1 } } }';
    const proxy = await start({ policy: pool, places });
    const waiting: (() => void)[] = [];
    apps.a.answer = (_request, response) => waiting.push(() => response.end('{}')) > 0;
    const calls: Promise<Answer>[] = [proxy.get('http://shop/')];
    await until(() => waiting.length === 1);
    calls.push(proxy.get('http://shop/'));
    const stats = () => proxy.proxy.clusters!.get('outbound|80||shop.default.svc.cluster.local')!.stats;
    await until(() => stats().get('upstream_rq_pending_active') === 1);
    const { status, headers } = await proxy.get('http://shop/');
    assert.deepEqual([status, headers['x-envoy-overloaded']], [503, 'true']);
    waiting.shift()!();
    await until(() => waiting.length === 1);
    waiting.shift()!();
    assert.deepEqual(
      (await Promise.all(calls)).map((one) => one.status),
      [200, 200],
    );
  });

  it('ends connections after so many requests', async () => {
    const sockets = new Set<unknown>();
    apps.a.answer = (request) => {
      sockets.add(request.socket);
      return false;
    };
    const policy = '{ connectionPool: { http: { maxRequestsPerConnection: 2 } } }';
    await who(await start({ policy, places: [{ app: apps.a }] }), 6);
    assert.equal(sockets.size, 3);
  });

  it('asks places whether they are well, and leaves out those that are not', async () => {
    const time = new TestTime();
    const check = `fairlead.dev/health-check: '{ path: /health, interval: 5s, timeout: 1s, unhealthyThreshold: 2 }'`;
    let isWell = false;
    apps.a.answer = (request, response) => {
      if (request.url === '/health' && !isWell) response.statusCode = 500;
      return false;
    };
    const checks = () => apps.a.seen.filter(({ path }) => path === '/health').length;
    const proxy = await start({
      policy: '{ loadBalancer: { simple: ROUND_ROBIN } }',
      annotations: check,
      options: timed(time),
    });
    const cluster = () => proxy.proxy.clusters!.get('outbound|80||shop.default.svc.cluster.local')!;
    const healthy = () => cluster().endpoints.filter((one) => one.isHealthy).length;
    await time.clock.advance(0);
    await until(() => healthy() === 2);
    assert.equal(await who(proxy), 'bc');
    isWell = true;
    await time.clock.advance(5000);
    await until(() => healthy() === 3);
    assert.equal(await who(proxy), 'abc');
    isWell = false;
    // Once is not enough.
    const former = checks();
    await time.clock.advance(5000);
    await until(() => checks() > former && cluster().stats.get('health_check.failure')! >= 2);
    assert.equal(healthy(), 3);
    await time.clock.advance(5000);
    await until(() => healthy() === 2);
  });

  it('asks again with retries that wait longer each time, on a clock that stands still', async () => {
    const time = new TestTime();
    const env = time.env(() => 0.999);
    const proxy = await start({
      policy: '{ loadBalancer: { simple: ROUND_ROBIN } }',
      retries: 'attempts: 3, retryOn: "gateway-error", perTryTimeout: 2s',
      options: { env, upstreamEnv: time.upstreamEnv() },
    });
    for (const app of Object.values(apps)) app.answer = failing(502);
    const count = () => Object.values(apps).reduce((sum, { seen }) => sum + seen.length, 0);
    const former = count();
    const asked = settled(proxy.get('http://shop/'));
    for (const [tries, most] of [25, 75, 175].entries()) {
      await until(() => count() === former + tries + 1);
      const wait = await time.untilWaitingBetween(1, most);
      assert(wait > most * 0.9, `${wait} of ${most}`);
      await time.clock.advance(wait - 0.5);
      assert.equal(count(), former + tries + 1);
      await time.clock.advance(1);
    }
    await until(() => asked.value !== undefined);
    assert.deepEqual([asked.value?.status, count()], [502, former + 4]);
  });

  describe('with TLS', () => {
    let files: Record<'ca' | 'cert' | 'key', string>;
    const secure = {} as { one: StandIn };
    const callers: string[] = [];

    before(async () => {
      const authority = new TestAuthority(mesh.folder, 'outside');
      const own = authority.issue('server', 'DNS:shop.example.com,URI:spiffe://shop');
      const { certFile, keyFile } = authority.issue('client', 'URI:spiffe://client');
      files = { ca: authority.caFile, cert: certFile, key: keyFile };
      const ca = readFileSync(authority.caFile);
      secure.one = await mesh.http('secure', {
        ...{ cert: own.cert, key: own.key, ca },
        requestCert: true,
        rejectUnauthorized: false,
      });
      secure.one.answer = (request) => {
        const { socket } = request;
        assert(socket instanceof TLSSocket);
        callers.push(`${String(socket.servername)} ${socket.getPeerCertificate().subjectaltname ?? 'nobody'}`);
        return false;
      };
    });

    const rows: readonly [title: string, tls: (file: typeof files) => string, want: string][] = [
      ['SIMPLE', () => 'mode: SIMPLE, sni: shop.example.com', 'shop.example.com nobody'],
      [
        'SIMPLE with an authority',
        ({ ca }) => `mode: SIMPLE, caCertificates: ${ca}, subjectAltNames: [shop.example.com]`,
        'false nobody',
      ],
      [
        'SIMPLE and another name',
        ({ ca }) => `mode: SIMPLE, caCertificates: ${ca}, subjectAltNames: [other.example.com]`,
        '503',
      ],
      ['SIMPLE and another authority', ({ cert }) => `mode: SIMPLE, caCertificates: ${cert}`, '503'],
      [
        'MUTUAL',
        ({ ca, cert, key }) =>
          `mode: MUTUAL, caCertificates: ${ca}, clientCertificate: ${cert}, privateKey: ${key}, subjectAltNames: ["spiffe://shop"]`,
        'false URI:spiffe://client',
      ],
      ['DISABLE', () => 'mode: DISABLE', '503'],
    ];
    for (const [title, tls, want] of rows) {
      it(`calls by ${title}`, async () => {
        const proxy = await start({ policy: `{ tls: { ${tls(files)} } }`, places: [{ app: secure.one }] });
        callers.length = 0;
        const { status } = await proxy.get('http://shop/');
        assert.equal(status === 200 ? callers.join() : String(status), want);
      });
    }
  });
});

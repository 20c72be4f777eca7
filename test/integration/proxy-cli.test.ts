import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { Agent, createServer, type IncomingMessage, request, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { runCli, RunningCli } from '../support/cli-process.js';
import { type HttpBackend, startHttpBackend } from '../support/http-backend.js';
import { eventually, freePort } from '../support/peer.js';
import { tempFolder } from '../support/temp-folder.js';

const limits = { timeout: 180_000 };
const agent = new Agent({ keepAlive: true, maxSockets: 4 });

async function serve(name: string, waiting?: Promise<unknown>): Promise<Server> {
  const server = createServer((incoming, response) => {
    const answer = (): void => void response.end(name);
    if (incoming.url === '/slow') void waiting?.then(answer);
    else answer();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function ask(port: number, path: string): Promise<{ status: number; body: string }> {
  const asked = request({ host: '127.0.0.1', port, path: `http://reviews${path}`, agent }).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  let body = '';
  for await (const chunk of response) body += String(chunk);
  return { status: response.statusCode ?? 0, body };
}

const traffic = (first: number, second: number): string => `
apiVersion: networking.istio.io/v1alpha3
kind: VirtualService
metadata: { name: reviews }
spec:
  hosts: [reviews]
  http:
  - route:
    - { destination: { host: reviews, subset: v1 }, weight: ${first} }
    - { destination: { host: reviews, subset: v2 }, weight: ${second} }
`;

describe('fairlead proxy', () => {
  const folder = tempFolder();
  let release: () => void = () => undefined;
  const apps: Server[] = [];
  let httpPort = 0;
  let proxyPort = 0;
  let cli: RunningCli;
  let admin = '';
  let collector: HttpBackend;

  before(async () => {
    collector = await startHttpBackend();
    const slow = new Promise<void>((resolve) => (release = resolve));
    for (const name of ['v1', 'v2']) apps.push(await serve(name, slow));
    [httpPort, proxyPort] = [await freePort(), await freePort()];
    const [v1, v2] = apps.map(portOf);
    const instance = (port: number | undefined, version: string): string =>
      `{ address: 127.0.0.1, ports: { http: ${port} }, labels: { app: reviews, version: ${version} } }`;
    writeFileSync(
      join(folder, 'mesh.yaml'),
      `
kind: MeshConfig
metadata: { name: mesh }
spec: { proxyHttpPort: ${httpPort}, proxyListenPort: ${proxyPort}, accessLogFile: "" }
---
kind: Services
metadata: { name: shop }
spec:
  services:
  - { name: reviews, ports: [{ name: http, port: 80 }], instances: [${instance(v1, 'v1')}, ${instance(v2, 'v2')}] }
---
apiVersion: networking.istio.io/v1alpha3
kind: DestinationRule
metadata: { name: reviews }
spec: { host: reviews, subsets: [{ name: v1, labels: { version: v1 } }, { name: v2, labels: { version: v2 } }] }
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: { name: broken }
spec: { match: a ==, actions: [] }
`,
    );
    writeFileSync(join(folder, 'traffic.yaml'), traffic(90, 10));
    cli = new RunningCli(['proxy', 'sidecar', '--configDir', folder, '--id=caller.default', '--ip=127.0.0.9', '--proxyAdminPort=0', `--traceCollector=zipkin=${collector.url}`]); // prettier-ignore
    [, admin = ''] = await cli.waitFor(/admin interface on (\S+)/);
  });
  after(() => {
    release();
    cli.signal('SIGKILL');
    agent.destroy();
    void collector.close();
    for (const app of apps) app.close();
  });

  /** The share of v2 among so many requests; none may fail. */
  const shareOfV2 = async (times: number): Promise<number> => {
    const answers = await Promise.all(Array.from({ length: times }, () => ask(httpPort, '/')));
    for (const { status, body } of answers) assert.equal(status, 200, body);
    return answers.filter(({ body }) => body === 'v2').length / times;
  };

  it('serves by HTTP proxy what the folder says', limits, async () => {
    const share = await shareOfV2(1_000);
    // 5 sigma of 1,000 requests.
    assert(share > 0.05 && share < 0.15, String(share));
    assert.equal((await fetch(`${admin}/ready`)).status, 200);
    const stats = await (await fetch(`${admin}/stats`)).text();
    assert.match(stats, /^server\.live: 1$/m);
    assert.match(stats, /^server\.state: 0$/m);
  });

  it('tells each mistake once, also of rules for the embedded Mixer', limits, () => {
    assert.equal([...cli.output.matchAll(/mesh\.yaml:20:\d+: error EXPRESSION_INVALID/g)].length, 1, cli.output);
    assert(!/KIND_NOT_OURS/.test(cli.output), cli.output);
  });

  it('follows a change without a failed request, and keeps what is sound', limits, async () => {
    writeFileSync(join(folder, 'traffic.yaml'), traffic(50, 50));
    const isHalf = (share: number): true | undefined => (share > 0.34 && share < 0.66 ? true : undefined);
    await eventually(async () => isHalf(await shareOfV2(200)));
    writeFileSync(join(folder, 'traffic.yaml'), traffic(50, 50).replace('weight: 50', 'wieght: 50'));
    await cli.waitFor(/traffic\.yaml:9:\d+: error UNKNOWN_FIELD.*wieght/);
    assert.equal(isHalf(await shareOfV2(200)), true);
    writeFileSync(join(folder, 'traffic.yaml'), '{ not: yaml: at all');
    await cli.waitFor(/traffic\.yaml:1:\d+: error YAML/);
    assert.equal(isHalf(await shareOfV2(200)), true);
  });

  it('changes the level of the log while it runs', limits, async () => {
    const change = await fetch(`${admin}/logging?level=error`, { method: 'POST' });
    assert.equal(await change.text(), 'active loggers:\n  default: error\n');
    assert.equal((await fetch(`${admin}/logging?nobody=info`, { method: 'POST' })).status, 400);
    const back = await fetch(`${admin}/logging?default=info`, { method: 'POST' });
    assert.equal(await back.text(), 'active loggers:\n  default: info\n');
  });

  it('says so when a port is taken', limits, async () => {
    const { port } = new URL(admin);
    const second = await runCli(['proxy', '--configDir', folder, '--mixer=none', `--proxyAdminPort=${port}`]);
    assert.equal(second.code, 1);
    assert.match(second.stderr, new RegExp(`error\\t127\\.0\\.0\\.1:${httpPort} is in use`));
    assert.match(second.stderr, new RegExp(`fairlead: the admin port cannot listen: .*EADDRINUSE.*:${port}`));
  });

  it('finishes what is under way when it is asked to stop, and takes nothing new', limits, async () => {
    const underWay = ask(httpPort, '/slow');
    const active = async (): Promise<true | undefined> =>
      /upstream_rq_active: [1-9]/.test(await (await fetch(`${admin}/stats`)).text()) ? true : undefined;
    await eventually(active);
    cli.signal('SIGTERM');
    await cli.waitFor(/stopping on SIGTERM/);
    await eventually(async () => {
      const probe = createTcpServer().listen(httpPort, '127.0.0.1');
      await once(probe, 'listening');
      probe.close();
      return true;
    });
    release();
    assert.equal((await underWay).status, 200);
    const { code, stdout } = await cli.ended();
    assert.equal(code, 0);
    assert.match(stdout, /stopped\n$/);
    const spans = collector.requests.flatMap(({ body }) => JSON.parse(body) as { tags: Record<string, string> }[]);
    assert(
      spans.some(({ tags }) => tags['http.url']?.endsWith('/slow') === true),
      'the last span is sent before the end',
    );
  });

  it('exits 2 on a command line that makes no sense', limits, async () => {
    const wrong = [
      [[], /one of --configDir and --discoveryAddress is needed/],
      [['--configDir=.', '--nonsense'], /unknown option '--nonsense'/],
      [['--configDir=.', '--proxyAdminPort=70000'], /must be at most 65535/],
      [['--configDir=.', '--traceCollector=jaeger'], /not zipkin=URL or otlp=URL/],
      [['egress', '--configDir=.'], /Allowed choices are sidecar, router/],
    ] as const;
    await Promise.all(
      wrong.map(async ([args, message]) => {
        const { code, stderr } = await runCli(['proxy', ...args]);
        assert.equal(code, 2);
        assert.match(stderr, message);
      }),
    );
  });
});

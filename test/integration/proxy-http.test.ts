import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { Agent, request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { Cluster_Discovery } from '../../src/gen/fairlead/proxy/v1/cluster.js';
import { makeCertificate } from '../proxy/listeners/certificates.js';
import { type Answer, askHttp1, type Asked, askHttp2 } from '../support/ask.js';
import { heldBytes } from '../support/held-bytes.js';
import { eventually } from '../support/peer.js';
import { clusterAt, exchangeRaw, forwardTo, httpListener, type Rig, startProxy } from '../support/proxy-rig.js';
import { tempFolder } from '../support/temp-folder.js';
import { type Kind, startApp, type WebApp } from '../support/web-app.js';

// What HTTP promises, through the proxy, from every version to every version.
const kinds: readonly Kind[] = ['http1', 'h2c', 'https1', 'https2'];

describe('the proxy', { timeout: 180_000 }, () => {
  const folder = tempFolder();
  const ca = makeCertificate({ name: 'ca' });
  const own = makeCertificate({ name: 'own', issuer: ca, dns: ['a.test'] });
  const files = { certificateFile: join(folder, 'own.crt'), privateKeyFile: join(folder, 'own.key') };
  const apps = new Map<Kind, WebApp>();
  let rig: Rig;

  before(async () => {
    writeFileSync(files.certificateFile, own.cert);
    writeFileSync(files.privateKeyFile, own.key);
    writeFileSync(join(folder, 'ca.crt'), ca.cert);
    for (const kind of kinds) apps.set(kind, await startApp(kind, { kind, tls: own }));
    const route = kinds.map((kind) => ({
      match: { headers: [{ name: 'x-to', value: { exact: kind } }] },
      ...forwardTo(kind),
    }));
    const plain = httpListener(route);
    const secure = httpListener(route, {}, { name: 'tls' });
    secure.chains = [{ ...secure.chains![0]!, tls: files }];
    const small = httpListener([forwardTo('http1')], {}, { name: 'small', limits: { maxBodyBytes: 1000n } });
    const proxying = httpListener([forwardTo('any')], { isHttpProxy: true }, { name: 'proxying' });
    rig = await startProxy({
      listeners: [plain, secure, small, proxying],
      clusters: [
        ...kinds.map((kind) =>
          clusterAt(kind, [apps.get(kind)!.port], {
            http2: kind === 'h2c' || kind === 'https2',
            ...(kind.startsWith('https')
              ? {
                  tls: {
                    caFile: join(folder, 'ca.crt'),
                    sni: 'a.test',
                    subjectAltNames: ['a.test'],
                    alpn: kind === 'https2' ? ['h2'] : [],
                  },
                }
              : {}),
          }),
        ),
        { name: 'any', discovery: Cluster_Discovery.ORIGINAL_DESTINATION },
      ],
    });
  });
  after(async () => {
    await rig.stop();
    for (const app of apps.values()) await app.stop();
  });

  const ask = (from: Kind, to: Kind, asked: Asked): Promise<Answer> => {
    const request = { ...asked, headers: { ...asked.headers, 'x-to': to } };
    const tls = from.startsWith('https') ? { ca: ca.cert } : undefined;
    const port = rig.port(tls === undefined ? 'in' : 'tls');
    return (from === 'http1' || from === 'https1' ? askHttp1 : askHttp2)(port, request, tls);
  };

  for (const from of kinds) {
    for (const to of kinds) {
      it(`carries requests from ${from} to ${to}`, async () => {
        const plain = await ask(from, to, { path: '/a?b=c' });
        assert.deepEqual([plain.status, plain.body, plain.headers['x-app']], [200, `${to} GET /a?b=c`, to]);
        assert.equal(plain.headers['server'], 'istio-envoy');
        const sent = 'y'.repeat(300_000);
        const echoed = await ask(from, to, { method: 'POST', path: '/echo', body: sent });
        assert.deepEqual([echoed.status, echoed.body === sent], [200, true]);
        const head = await ask(from, to, { method: 'HEAD', path: '/status/200' });
        assert.deepEqual([head.status, head.body, head.headers['etag']], [200, '', '"one"']);
        for (const status of [204, 304]) {
          const empty = await ask(from, to, { path: `/status/${status}` });
          assert.deepEqual([empty.status, empty.body, empty.headers['etag']], [status, '', '"one"']);
        }
        const trailed = await ask(from, to, { path: '/trailers', headers: { te: 'trailers' } });
        assert.deepEqual([trailed.body, trailed.trailers['x-sum']], ['body', '42']);
        const expected = await ask(from, to, {
          method: 'POST',
          path: '/echo',
          body: 'late',
          headers: { expect: '100-continue' },
        });
        assert.deepEqual([expected.status, expected.body, expected.informational], [200, 'late', [100]]);
        assert.equal((await ask(from, to, { path: '/hints' })).body, 'hinted');
        const early = await ask(from, to, { method: 'POST', path: '/early', body: 'z'.repeat(2_000_000) }).catch(
          (error: unknown) => (error as NodeJS.ErrnoException).code,
        );
        // Who writes on while the other side is done may lose the answer with the connection, in HTTP/1 only.
        if (typeof early === 'object') assert.deepEqual([early.status, early.body], [413, 'too much']);
        else assert.match(String(early), /^(EPIPE|ECONNRESET)$/);
      });
    }
  }

  it('keeps large bodies flowing both ways in little memory', async () => {
    const [size, step] = [48 * 1024 * 1024, 6 * 1024 * 1024];
    for (const to of ['http1', 'h2c'] as const) {
      const before = heldBytes();
      let peak = 0;
      const request = httpRequest({
        ...{ host: '127.0.0.1', port: rig.port(), method: 'POST', path: '/echo', agent: false },
        headers: { 'x-to': to },
      });
      const chunk = Buffer.alloc(64 * 1024, 'x');
      let left = size / chunk.length;
      const write = (): void => {
        while (left-- > 0) if (!request.write(chunk)) return void request.once('drain', write);
        request.end();
      };
      write();
      const [response] = (await once(request, 'response')) as [AsyncIterable<Buffer>];
      let received = 0;
      for await (const part of response) {
        if (Math.floor((received + part.length) / step) > Math.floor(received / step))
          peak = Math.max(peak, heldBytes());
        received += part.length;
      }
      assert.equal(received, size);
      const grown = (peak - before) / 1024 / 1024;
      assert(peak > 0 && grown < 8, `${to}: ${grown.toFixed(0)} MB more`);
    }
  });

  it('stops reading from an upstream whose caller does not read', async () => {
    for (const to of ['http1', 'h2c'] as const) {
      const socket = connect(rig.port(), '127.0.0.1');
      socket.write(`GET /large/${256 * 1024 * 1024}?${to} HTTP/1.1\r\nhost: a\r\nx-to: ${to}\r\n\r\n`);
      socket.pause();
      await once(socket, 'connect');
      let last = -1;
      await eventually(async () => {
        const now = process.memoryUsage().arrayBuffers;
        const still = Math.abs(now - last) < 1024;
        last = now;
        return still ? true : undefined;
      });
      socket.destroy();
      const line = await rig.lineOf(`/large/${256 * 1024 * 1024}?${to}`);
      const [, flags, , sent] = line.split(' ');
      assert.equal(flags, 'DC');
      assert(Number(sent) < 32 * 1024 * 1024, line);
    }
  });

  it('stops reading from a caller whose upstream does not read', async () => {
    for (const to of ['http1', 'h2c'] as const) {
      const socket = connect(rig.port(), '127.0.0.1');
      socket.write(
        `POST /hang?${to} HTTP/1.1\r\nhost: a\r\nx-to: ${to}\r\ncontent-length: ${256 * 1024 * 1024}\r\n\r\nx`,
      );
      const app = apps.get(to)!;
      await eventually(async () => app.seen.includes(`POST /hang?${to}`) || undefined);
      const chunk = Buffer.alloc(1024 * 1024);
      let isStuck = false;
      socket.setTimeout(300, () => (isStuck = true));
      const write = (): void => {
        if (socket.bytesWritten < 64 * chunk.length && !socket.destroyed) socket.write(chunk, write);
      };
      write();
      await eventually(async () => isStuck || undefined);
      assert(socket.bytesWritten < 40 * chunk.length, `${socket.bytesWritten} bytes`);
      app.drop();
      assert.match(await rig.lineOf(`/hang?${to}`), /^503 UC /);
      socket.destroy();
    }
  });

  it('answers pipelined requests in their order', async () => {
    const one = (path: string, more = ''): string => `GET ${path} HTTP/1.1\r\nhost: a\r\nx-to: http1\r\n${more}\r\n`;
    const text = await exchangeRaw(
      rig.port(),
      one('/large/200000') + one('/second') + one('/status/404') + one('/last', 'connection: close\r\n'),
    );
    const marks = [...text.matchAll(/HTTP\/1.1 (\d+)|http1 GET (\S+)/g)].map(([, status, path]) => status ?? path);
    assert.deepEqual(
      marks.map((mark) => mark!.replace(/HTTP.*/, '')),
      ['200', '200', '/second', '404', '200', '/last'].map((mark) => mark),
    );
  });

  it('takes a caller that closes its side for one that has gone, as Envoy does', async () => {
    const socket = connect({ port: rig.port(), host: '127.0.0.1', allowHalfOpen: true });
    socket.end('GET /hang/half HTTP/1.1\r\nhost: a\r\nx-to: http1\r\n\r\n');
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    assert.equal(text, '');
    assert.match(await rig.lineOf('/hang/half'), / DC /);
  });

  it('takes a body as slowly as it comes', async () => {
    const socket = connect(rig.port(), '127.0.0.1');
    socket.setNoDelay(true);
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    for (const byte of 'POST /echo HTTP/1.1\r\nhost: a\r\nx-to: h2c\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n') {
      socket.write(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await eventually(async () => text.replaceAll(/\r\n1?/g, '').endsWith('abc0') || undefined);
    socket.destroy();
  });

  it('refuses a body beyond the limit while it is still coming, and goes on with others', async () => {
    const refused = await askHttp1(rig.port('small'), { method: 'POST', path: '/x', body: 'x'.repeat(1001) });
    assert.deepEqual([refused.status, refused.body], [413, 'Payload Too Large']);
    const socket = connect(rig.port('small'), '127.0.0.1');
    socket.on('error', () => undefined);
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write('POST /endless HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n');
    const chunk = `400\r\n${'x'.repeat(1024)}\r\n`;
    const send = (): void => {
      if (!socket.destroyed) socket.write(chunk, (error) => (error ? undefined : setImmediate(send)));
    };
    send();
    await closed;
    assert.match(text, /^HTTP\/1.1 413 /);
    assert.equal((await askHttp1(rig.port('small'), { path: '/after' })).status, 200);
    const streamed = connectHttp2(`http://127.0.0.1:${rig.port('small')}`);
    const stream = streamed.request({ ':method': 'POST', ':path': '/endless2' });
    stream.on('error', () => undefined);
    stream.write(Buffer.alloc(5000));
    const [head] = (await once(stream, 'response')) as [Record<string, unknown>];
    assert.equal(head[':status'], 413);
    stream.resume();
    await once(stream, 'close');
    const next = streamed.request({ ':path': '/next' });
    assert.equal(((await once(next, 'response')) as [Record<string, unknown>])[0][':status'], 200);
    streamed.destroy();
  });

  it('serves as an HTTP proxy: absolute URLs and CONNECT', async () => {
    const { port } = apps.get('http1')!;
    const absolute = await askHttp1(rig.port('proxying'), { path: `http://127.0.0.1:${port}/abs?x=1` });
    assert.equal(absolute.body, 'http1 GET /abs?x=1');
    const tunnel = httpRequest({
      host: '127.0.0.1',
      port: rig.port('proxying'),
      method: 'CONNECT',
      path: `127.0.0.1:${port}`,
    });
    const [{ statusCode }, socket] = (await once(tunnel.end(), 'connect')) as [
      { statusCode: number },
      NodeJS.ReadWriteStream,
    ];
    assert.equal(statusCode, 200);
    socket.end('GET /in-tunnel HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    assert.match(text, /http1 GET \/in-tunnel/);
    const refused = await exchangeRaw(
      rig.port('proxying'),
      'CONNECT 127.0.0.1:1 HTTP/1.1\r\nhost: 127.0.0.1:1\r\n\r\n',
    );
    assert.match(refused, /^HTTP\/1.1 503 /);
  });

  it('opens a tunnel in a stream of HTTP/2, too', async () => {
    const session = connectHttp2(`http://127.0.0.1:${rig.port('proxying')}`);
    const stream = session.request({ ':method': 'CONNECT', ':authority': `127.0.0.1:${apps.get('http1')!.port}` });
    const [head] = (await once(stream, 'response')) as [Record<string, unknown>];
    assert.equal(head[':status'], 200);
    stream.end('GET /deep HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    let text = '';
    for await (const chunk of stream) text += String(chunk);
    assert.match(text, /http1 GET \/deep/);
    session.destroy();
  });

  it('changes its certificate and its chains under TLS, and no request fails', async () => {
    const names = ['live.crt', 'live.key'].map((name) => join(folder, name)) as [string, string];
    const write = (one: { cert: string; key: string }): void => {
      writeFileSync(names[0], one.cert);
      writeFileSync(names[1], one.key);
    };
    const config = (to: Kind) => {
      const listener = httpListener([forwardTo(to)], {}, { name: 'live' });
      listener.chains = [{ ...listener.chains![0]!, tls: { certificateFile: names[0], privateKeyFile: names[1] } }];
      return { listeners: [listener], clusters: [clusterAt('http1', [apps.get('http1')!.port]), tlsCluster] };
    };
    const tlsCluster = clusterAt('https1', [apps.get('https1')!.port], {
      tls: { caFile: join(folder, 'ca.crt'), sni: 'a.test', subjectAltNames: ['a.test'], alpn: [] },
    });
    write(own);
    const live = await startProxy(config('http1'));
    const agent = new Agent({ keepAlive: true, maxSockets: 4 });
    const state = { isOver: false, asked: 0, bodies: new Set<string>(), subjects: new Set<unknown>() };
    const keptAlive = async (): Promise<void> => {
      const options = { host: '127.0.0.1', port: live.port('live'), agent, ca: ca.cert, servername: 'a.test' };
      const [response] = (await once(httpsRequest(options).end(), 'response')) as [IncomingMessage];
      assert.equal(response.statusCode, 200);
      for await (const chunk of response) state.bodies.add(String(chunk));
    };
    const anew = async (): Promise<void> => {
      const socket = connectTls({ host: '127.0.0.1', port: live.port('live'), ca: ca.cert, servername: 'a.test' });
      await once(socket, 'secureConnect');
      state.subjects.add(socket.getPeerCertificate().subject.CN);
      socket.destroy();
      assert.equal((await askHttp2(live.port('live'), { path: '/' }, { ca: ca.cert })).status, 200);
    };
    const repeat = async (ask: () => Promise<void>): Promise<void> => {
      for (; !state.isOver; state.asked++) await ask();
    };
    try {
      const asking = Promise.all([repeat(keptAlive), repeat(keptAlive), repeat(anew)]);
      const until = (holds: () => boolean) =>
        Promise.race([eventually(() => Promise.resolve(holds() || undefined)), asking]);
      await until(() => state.subjects.has('own') && state.bodies.has('http1 GET /'));
      write(makeCertificate({ name: 'next', issuer: ca, dns: ['a.test'] }));
      await until(() => state.subjects.has('next'));
      await live.apply(config('https1'));
      await until(() => state.bodies.has('https1 GET /'));
      state.isOver = true;
      await asking;
      assert.ok(state.asked > 10, `${state.asked} requests`);
    } finally {
      state.isOver = true;
      agent.destroy();
      await live.stop();
    }
  });
});

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest, type RequestOptions } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { eventually } from '../../support/peer.js';
import { type Harness, scriptedCluster, ScriptedEndpoint, serve } from './support.js';

let harness: Harness | undefined;
afterEach(async () => {
  await harness?.stop();
  harness = undefined;
});

/** Waits for something to become true. */
function until(isSo: () => boolean): Promise<unknown> {
  return eventually(() => Promise.resolve(isSo() ? true : undefined));
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly aborted: boolean;
}

function ask(options: RequestOptions & { body?: string } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { body, ...rest } = options;
    const request = httpRequest({ host: '127.0.0.1', port: harness!.port, agent: false, ...rest }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      const end = (aborted: boolean): void =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text, aborted });
      response.on('end', () => end(false));
      response.on('error', () => end(true));
    });
    request.on('error', reject);
    request.end(body);
  });
}

const to = (name: string) => ({ clusters: [{ name, weight: 1 }] });
const seconds = (count: number) => ({ seconds: BigInt(count), nanos: 0 });
const retry = { retries: 2, retryOn: ['5xx', 'connect-failure'] };

describe('a request', () => {
  it('goes to its cluster, and the answer comes back with the server name and the time it took', async () => {
    const endpoint = new ScriptedEndpoint('a', [{ status: 201, headers: ['x-a', '1'], body: 'hello' }]);
    harness = await serve({ routes: [{ forward: to('c') }], clusters: [scriptedCluster('c', [endpoint])] });
    const answer = await ask({ path: '/p?q', headers: { 'X-Y': 'z' } });
    assert.deepEqual([answer.status, answer.body, answer.headers['x-a']], [201, 'hello', '1']);
    assert.deepEqual([answer.headers.server, answer.headers['x-envoy-upstream-service-time']], ['istio-envoy', '0']);
    assert.deepEqual(
      endpoint.requests.map(({ url, headers }) => [url.replace(/:\d+/, ''), headers]),
      [['127.0.0.1/p?q', { 'x-y': 'z' }]],
    );
    const [exchange] = harness.ended;
    assert.deepEqual([exchange?.details, exchange?.sent, exchange?.attempts], ['via_upstream', 5, 1]);
    assert.deepEqual(endpoint.outcomes, ['success']);
  });

  it('takes its body along', async () => {
    const endpoint = new ScriptedEndpoint('a', ['echo']);
    harness = await serve({ routes: [{ forward: to('c') }], clusters: [scriptedCluster('c', [endpoint])] });
    const body = 'x'.repeat(100_000);
    assert.equal((await ask({ method: 'POST', body })).body, body);
    assert.equal(harness.ended[0]?.received, 100_000);
  });

  it('without a route is 404, without a cluster 503', async () => {
    harness = await serve({ routes: [{ match: { exact: '/a' }, forward: to('none') }] });
    assert.equal((await ask({ path: '/b' })).status, 404);
    assert.equal((await ask({ path: '/a' })).status, 503);
    assert.deepEqual(
      harness.ended.map(({ flags, details }) => [[...flags], details]),
      [
        [['NR'], 'route_not_found'],
        [['NR'], 'cluster_not_found'],
      ],
    );
  });

  it('with nobody to take it is 503 with UH, and beyond a circuit breaker with UO', async () => {
    const endpoint = new ScriptedEndpoint('a', ['hang']);
    const [none, full] = [scriptedCluster('empty', []), scriptedCluster('full', [endpoint], { requests: 0 })];
    harness = await serve({
      routes: [{ match: { exact: '/empty' }, forward: to('empty') }, { forward: to('full') }],
      clusters: [none, full],
    });
    const empty = await ask({ path: '/empty' });
    assert.deepEqual([empty.status, empty.body], [503, 'no healthy upstream']);
    const over = await ask({ path: '/' });
    assert.deepEqual([over.status, over.headers['x-envoy-overloaded']], [503, 'true']);
    assert.deepEqual(
      harness.ended.flatMap(({ flags }) => [...flags]),
      ['UH', 'UO'],
    );
    assert.deepEqual([none.noted, full.noted], [[503], [503]]);
  });

  it('that nobody answers in time is 504, and counts no longer', async () => {
    const endpoint = new ScriptedEndpoint('a', ['hang']);
    const cluster = scriptedCluster('c', [endpoint]);
    harness = await serve({ routes: [{ forward: { ...to('c'), timeout: seconds(3) } }], clusters: [cluster] });
    const asked = ask();
    await until(() => endpoint.requests.length > 0);
    assert.equal(endpoint.requests[0]?.headers['x-envoy-expected-rq-timeout-ms'], '3000');
    await harness.clock.advance(3000);
    const answer = await asked;
    assert.deepEqual([answer.status, answer.body], [504, 'upstream request timeout']);
    assert.deepEqual([endpoint.cancelled, cluster.entered.request, [...harness.ended[0]!.flags]], [1, 0, ['UT']]);
    assert.deepEqual(cluster.noted, ['timeout', 504]);
  });

  it('whose caller leaves is cancelled at its endpoint', async () => {
    const endpoint = new ScriptedEndpoint('a', ['hang']);
    harness = await serve({ routes: [{ forward: to('c') }], clusters: [scriptedCluster('c', [endpoint])] });
    const socket = connect(harness.port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    await until(() => endpoint.requests.length > 0);
    socket.destroy();
    await until(() => harness!.ended.length > 0);
    assert.deepEqual([endpoint.cancelled, [...harness.ended[0]!.flags]], [1, ['DC']]);
  });

  it('larger than allowed is 413', async () => {
    const endpoint = new ScriptedEndpoint('a', ['echo']);
    const clusters = [scriptedCluster('c', [endpoint])];
    harness = await serve({ routes: [{ forward: to('c') }], clusters, maxBodyBytes: 10 });
    assert.equal((await ask({ method: 'POST', body: 'x'.repeat(11) })).status, 413);
    assert.equal((await ask({ method: 'POST', body: 'x'.repeat(10) })).status, 200);
  });

  it('with an answer that has a status of gRPC keeps its body, unless it is an answer of gRPC', async () => {
    const answers = ['application/json', 'application/grpc'].map((type) => {
      const headers = ['grpc-status', '0', 'content-type', type, 'content-length', type.endsWith('json') ? '4' : '0'];
      return { status: 200, headers, body: type.endsWith('json') ? 'body' : '' };
    });
    const endpoint = new ScriptedEndpoint('a', answers);
    harness = await serve({ routes: [{ forward: to('c') }], clusters: [scriptedCluster('c', [endpoint])] });
    assert.deepEqual([(await ask()).body, (await ask()).body], ['body', '']);
  });

  it('whose answer breaks off does not look whole to the caller', async () => {
    const endpoint = new ScriptedEndpoint('a', [{ status: 200, body: 'part', cut: true }]);
    harness = await serve({ routes: [{ forward: to('c') }], clusters: [scriptedCluster('c', [endpoint])] });
    await assert.rejects(async () => {
      const answer = await ask();
      if (answer.aborted) throw new Error('aborted');
    });
    assert.deepEqual([...harness.ended[0]!.flags], ['UR']);
  });
});

describe('a retry', () => {
  const routes = [{ forward: { ...to('c'), retry } }];

  it('goes to another endpoint after a while, with the whole body', async () => {
    const bad = new ScriptedEndpoint('bad', [{ status: 503 }]);
    const good = new ScriptedEndpoint('good', ['echo']);
    const cluster = scriptedCluster('c', [bad, good]);
    harness = await serve({ routes, clusters: [cluster] });
    const asked = ask({ method: 'PUT', body: 'whole' });
    await until(() => bad.cancelled > 0);
    assert.equal(good.requests.length, 0);
    await harness.clock.advance(13);
    const answer = await asked;
    assert.deepEqual([answer.status, answer.body], [200, 'whole']);
    assert.deepEqual([bad.requests[0]?.body, harness.ended[0]?.attempts], ['whole', 2]);
    assert.deepEqual([bad.outcomes, good.outcomes], [['gateway-failure'], ['success']]);
    assert.deepEqual(cluster.noted, ['retry_backoff_exponential', 'retry_success']);
  });

  it('comes as often as allowed; then the last answer is the answer', async () => {
    const bad = new ScriptedEndpoint('bad', [{ fails: 'connect-failure' }]);
    const cluster = scriptedCluster('c', [bad]);
    harness = await serve({ routes, clusters: [cluster] });
    const asked = ask();
    for (const count of [1, 2, 3]) {
      await until(() => bad.requests.length >= count);
      await until(() => bad.outcomes.length >= count);
      await harness.clock.advance(250);
    }
    const answer = await asked;
    assert.equal(answer.status, 503);
    assert.match(answer.body, /reset reason: connection failure$/);
    assert.deepEqual([...harness.ended[0]!.flags], ['URX', 'UF']);
    assert.deepEqual(cluster.noted.slice(-2), ['retry_limit_exceeded', 503]);
  });

  it('needs a place in the budget; without one the answer that there is counts', async () => {
    const bad = new ScriptedEndpoint('bad', [{ status: 500, body: 'oops' }, { fails: 'connect-failure' }]);
    const cluster = scriptedCluster('c', [bad], { retries: 0 });
    harness = await serve({ routes, clusters: [cluster] });
    const answer = await ask();
    assert.deepEqual([answer.status, answer.body, bad.requests.length], [500, 'oops', 1]);
    assert.match((await ask()).body, /connection failure$/);
    assert.deepEqual(
      harness.ended.map(({ flags }) => [...flags]),
      [['UO'], ['UO', 'UF']],
    );
    assert.deepEqual(cluster.entered, { request: 0, retry: 0 });
  });

  it('tells its number, as the first attempt does', async () => {
    const bad = new ScriptedEndpoint('bad', [{ status: 503 }, { status: 200 }]);
    harness = await serve({ routes, clusters: [scriptedCluster('c', [bad])] });
    const asked = ask({ headers: { 'x-envoy-attempt-count': '7' } });
    await until(() => bad.cancelled > 0);
    await harness.clock.advance(13);
    await asked;
    assert.deepEqual(
      bad.requests.map(({ headers }) => headers['x-envoy-attempt-count']),
      ['1', '2'],
    );
  });

  it('follows a try that took too long', async () => {
    const slow = new ScriptedEndpoint('slow', ['hang']);
    const good = new ScriptedEndpoint('good', [{ status: 200 }]);
    const perTry = { ...retry, perTryTimeout: seconds(1) };
    const clusters = [scriptedCluster('c', [slow, good])];
    harness = await serve({ routes: [{ forward: { ...to('c'), retry: perTry } }], clusters });
    const asked = ask();
    await until(() => slow.requests.length > 0);
    await harness.clock.advance(1000);
    await harness.clock.advance(13);
    assert.equal((await asked).status, 200);
    assert.deepEqual(slow.outcomes, ['gateway-failure']);
    assert.deepEqual(clusters[0]?.noted, ['per_try_timeout', 'retry_backoff_exponential', 'retry_success']);
  });

  it('does not follow an answer that is not asked for', async () => {
    const bad = new ScriptedEndpoint('bad', [{ status: 404 }]);
    harness = await serve({ routes, clusters: [scriptedCluster('c', [bad])] });
    assert.deepEqual([(await ask()).status, bad.requests.length], [404, 1]);
  });
});

describe('a mirror', () => {
  it('gets a copy under another authority, and its answer does not matter', async () => {
    const endpoint = new ScriptedEndpoint('a', ['echo']);
    const mirror = new ScriptedEndpoint('m', [{ status: 500 }]);
    harness = await serve({
      routes: [{ forward: { ...to('c'), mirror: { cluster: 'm', fraction: { perMillion: 1_000_000 } } } }],
      clusters: [scriptedCluster('c', [endpoint]), scriptedCluster('m', [mirror])],
    });
    const answer = await ask({ method: 'POST', body: 'both', headers: { host: 'reviews:9080' } });
    assert.deepEqual([answer.status, answer.body], [200, 'both']);
    await until(() => mirror.requests[0]?.body === 'both');
    assert.equal(mirror.requests[0]?.url, 'reviews-shadow:9080/');
  });

  it('that never answers can be ended with the proxy, and ends by itself after a while', async () => {
    const endpoint = new ScriptedEndpoint('a', [{ status: 200 }]);
    const mirror = new ScriptedEndpoint('m', ['hang']);
    const cluster = scriptedCluster('m', [mirror]);
    harness = await serve({
      routes: [{ forward: { ...to('c'), mirror: { cluster: 'm', fraction: { perMillion: 1_000_000 } } } }],
      clusters: [scriptedCluster('c', [endpoint]), cluster],
    });
    await ask();
    await ask();
    assert.deepEqual([harness.mirrored.size, cluster.entered.request], [2, 2]);
    for (const stop of [...harness.mirrored].slice(0, 1)) stop();
    assert.deepEqual([harness.mirrored.size, cluster.entered.request, mirror.cancelled], [1, 1, 1]);
    await harness.clock.advance(15_000);
    assert.deepEqual([harness.mirrored.size, cluster.entered.request, mirror.cancelled], [0, 0, 2]);
  });

  it('that is not there, or is not rolled, changes nothing', async () => {
    const endpoint = new ScriptedEndpoint('a', [{ status: 200 }]);
    const mirror = new ScriptedEndpoint('m', ['hang']);
    const mirrorTo = (cluster: string, perMillion: number) => ({ mirror: { cluster, fraction: { perMillion } } });
    harness = await serve({
      routes: [
        { match: { exact: '/none' }, forward: { ...to('c'), ...mirrorTo('none', 1_000_000) } },
        { forward: { ...to('c'), ...mirrorTo('m', 500_000) } },
      ],
      clusters: [scriptedCluster('c', [endpoint]), scriptedCluster('m', [mirror])],
    });
    assert.equal((await ask({ path: '/none' })).status, 200);
    assert.equal((await ask({ path: '/' })).status, 200);
    assert.equal(mirror.requests.length, 0);
  });
});

describe('filters', () => {
  it('may answer instead of the upstream, later as well, and see the answer backwards', async () => {
    const seen: string[] = [];
    const see = (name: string) => ({ name, onResponse: () => void seen.push(name) });
    harness = await serve({
      routes: [{ directResponse: { code: 200 } }],
      filters: [
        see('first'),
        {
          name: 'wait',
          onRequest: async (_exchange, control) => {
            await control.wait(100);
            return { status: 403, body: 'no', flag: 'UAEX' };
          },
        },
        see('last'),
      ],
    });
    const asked = ask();
    await eventually(async () => {
      await harness!.clock.advance(100);
      return harness!.ended.length > 0 ? true : undefined;
    });
    const answer = await asked;
    assert.deepEqual([answer.status, answer.body, seen], [403, 'no', ['last', 'first']]);
  });

  it('that fail are 500, and a warning', async () => {
    const filters = [{ name: 'bad', onRequest: () => Promise.reject(new Error('oops')) }];
    harness = await serve({ routes: [{ directResponse: { code: 200 } }], filters });
    assert.equal((await ask()).status, 500);
    assert.deepEqual(harness.warnings, ['filter failed']);
  });

  it('that throw are 500 as well, and others go on', async () => {
    let bad = true;
    const onRequest = (): undefined => {
      if (bad) throw new Error('oops');
    };
    harness = await serve({ routes: [{ directResponse: { code: 200 } }], filters: [{ name: 'bad', onRequest }] });
    assert.equal((await ask()).status, 500);
    bad = false;
    assert.equal((await ask()).status, 200);
  });

  it('answer gRPC callers with a status of theirs', async () => {
    harness = await serve({ routes: [{ directResponse: { code: 503, body: 'gone' } }] });
    const answer = await ask({ method: 'POST', headers: { 'content-type': 'application/grpc' } });
    const { 'grpc-status': status, 'grpc-message': message } = answer.headers;
    assert.deepEqual([answer.status, status, message], [200, '14', 'gone']);
  });
});

describe('bad requests', () => {
  /** The status line of what comes back for bytes. */
  async function raw(text: string): Promise<string> {
    const socket = connect(harness!.port, '127.0.0.1');
    socket.on('error', () => undefined);
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    socket.write(Buffer.from(text, 'latin1'));
    await once(socket, 'close');
    return answer.split('\r\n')[0]!;
  }

  const post = 'POST / HTTP/1.1\r\nHost: a\r\n';
  const cases: Readonly<Record<string, [text: string, status: number]>> = {
    'a length and chunks': [`${post}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
    'chunks and a length': [`${post}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n`, 400],
    'two lengths': [`${post}Content-Length: 1\r\nContent-Length: 1\r\n\r\na`, 400],
    'a list of lengths': [`${post}Content-Length: 1, 1\r\n\r\na`, 400],
    'a signed length': [`${post}Content-Length: +1\r\n\r\na`, 400],
    'an absurd length': [`${post}Content-Length: 99999999999999999999\r\n\r\na`, 400],
    'bare line feeds': ['GET / HTTP/1.1\nHost: a\n\n', 400],
    'a bare line feed at the end': ['GET / HTTP/1.1\r\nHost: a\r\n\n', 400],
    'a bare carriage return': ['GET / HTTP/1.1\r\nHost: a\r\nX: b\rc\r\n\r\n', 400],
    'a folded header': ['GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n', 400],
    'a blank before the colon': ['GET / HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n', 400],
    'a zero byte': ['GET / HTTP/1.1\r\nHost: a\r\nX: b\0c\r\n\r\n', 400],
    'an encoding that is not the last': [`${post}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`, 400],
    'an encoding nobody knows': [`${post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`, 400],
    'chunks in HTTP/1.0': ['POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400],
    'two hosts': ['GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', 400],
    'no host': ['GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    'a fragment': ['GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    'no version': ['GET /\r\n\r\n', 426],
    'a version nobody knows': ['GET / HTTP/1.2\r\nHost: a\r\n\r\n', 400],
    'a header without a name': ['GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n', 400],
    'too long a header': [`GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`, 431],
    'too many headers': [`GET / HTTP/1.1\r\nHost: a\r\n${'X: b\r\n'.repeat(101)}\r\n`, 431],
  };
  for (const [name, [text, status]] of Object.entries(cases)) {
    it(`with ${name} get ${status}, and the connection closes`, { timeout: 60_000 }, async () => {
      const endpoint = new ScriptedEndpoint('a', ['echo']);
      harness = await serve({ routes: [{ forward: to('c') }], clusters: [scriptedCluster('c', [endpoint])] });
      assert.match(await raw(text), new RegExp(`^HTTP/1.1 ${status} `));
      assert.equal(endpoint.requests.length, 0);
    });
  }
});

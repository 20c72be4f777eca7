import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import type { AddressInfo } from 'node:net';
import { fakeEnv } from 'fairlead/testing';
import { deferred } from '../../support/deferred.js';
import { startListServer, status } from './list-server.js';
import { buildChecker, eventuallyFetched, fetchesOf } from './setup.js';

const failed = (url: string, reason: string): string => `error: fetching the list from "${url}" failed: ${reason}`;

describe('a fetched list', () => {
  test('is there when the build ends, its overrides with it', async (t) => {
    const server = await startListServer(t);
    server.answer = 'ABC\nDEF\n\n';
    const checker = await buildChecker(t, `providerUrl: ${server.url}\noverrides: [OVERRIDE]`);
    assert.deepEqual(
      ['ABC', 'DEF', 'OVERRIDE', 'abc', ''].map((text) => checker.check(text)),
      ['OK', 'OK', 'OK', '7 abc is not whitelisted', '7  is not whitelisted'],
    );
  });

  test('is compared in any case when it is of that type', async (t) => {
    const server = await startListServer(t);
    server.answer = 'AbC\ndef';
    const checker = await buildChecker(
      t,
      `providerUrl: ${server.url}\nentryType: CASE_INSENSITIVE_STRINGS\nblacklist: true`,
    );
    assert.equal(checker.check('aBc'), '7 aBc is blacklisted');
    assert.equal(checker.check('ab'), 'OK');
  });

  test('keeps a carriage return, as it trims nothing', async (t) => {
    const server = await startListServer(t);
    server.answer = 'ABC\r\nDEF';
    const checker = await buildChecker(t, `providerUrl: ${server.url}`);
    assert.equal(checker.check('ABC'), '7 ABC is not whitelisted');
    assert.equal(checker.check('ABC\r'), 'OK');
  });

  test('takes regular expressions, the overrides with them', async (t) => {
    const server = await startListServer(t);
    server.answer = 'a+.*\n';
    const checker = await buildChecker(t, `providerUrl: ${server.url}\nentryType: REGEX\noverrides: ["a*b"]`);
    assert.equal(checker.check('abc'), 'OK');
    assert.equal(checker.check('cb'), 'OK');
    assert.equal(checker.check('B'), '7 B is not whitelisted');
    server.answer = 'ABC\n[(\n])';
    await checker.pass(60, 2);
    assert.equal(checker.check('abc'), 'OK');
    assert.match(String(checker.env.logged.at(-1)?.fields['error']), /^an entry must be a regular expression/);
  });

  test('takes addresses, and none of a list with one bad entry', async (t) => {
    const server = await startListServer(t);
    server.answer = 'WhiteList:\n- 10.10.11.2\n- 10.10.11.3\n- 9.9.9.9/28\n';
    const params = `providerUrl: ${server.url}\nentryType: IP_ADDRESSES\noverrides: [11.11.11.11]`;
    const checker = await buildChecker(t, params);
    const answers = (): string[] =>
      ['10.10.11.2', '9.9.9.1', '120.10.11.2', '11.11.11.11', 'XYZ'].map((text) => checker.check(text));
    const wanted = ['OK', 'OK', '7 120.10.11.2 is not whitelisted', 'OK', '3 XYZ is not a valid IP address'];
    assert.deepEqual(answers(), wanted);
    for (const [index, body] of ['whitelist: [120.10.11.2, X]', '- 120.10.11.2', 'whitelist: 120.10.11.2'].entries()) {
      server.answer = body;
      await checker.pass(60, index + 2);
      assert.deepEqual(answers(), wanted, body);
      assert.equal(checker.env.logged.at(-1)?.message, 'list not fetched');
    }
    server.answer = '{"whitelist": ["120.10.11.2"]}';
    await checker.pass(60, 5);
    assert.equal(checker.check('120.10.11.2'), 'OK');
    assert.equal(checker.check('10.10.11.2'), '7 10.10.11.2 is not whitelisted');
  });

  test('is empty when the body is', async (t) => {
    const server = await startListServer(t);
    server.answer = '';
    for (const type of ['STRINGS', 'IP_ADDRESSES', 'REGEX']) {
      const checker = await buildChecker(t, `providerUrl: ${server.url}\nentryType: ${type}`);
      assert.equal(checker.check('1.2.3.4'), '7 1.2.3.4 is not whitelisted', type);
    }
  });

  test('is fetched over redirects, with the user of the URL', async (t) => {
    const server = await startListServer(t);
    server.answer = (request, response) => {
      if (request.url === '/list') status(302, { location: '/moved' })(request, response);
      else response.end(request.headers.authorization);
    };
    const url = server.url.replace('//', '//ann:p%40ss@');
    const checker = await buildChecker(t, `providerUrl: ${url}`);
    assert.equal(checker.check(`Basic ${Buffer.from('ann:p@ss').toString('base64')}`), 'OK');
    server.answer = status(500);
    await checker.pass(60, 2);
    assert.doesNotMatch(JSON.stringify(checker.env.logged), /p@ss|p%40ss/);
  });

  test('gives up on a redirect that leads round in a circle', async (t) => {
    const server = await startListServer(t);
    server.answer = status(302, { location: '/list' });
    const checker = await buildChecker(t, `providerUrl: ${server.url}`);
    assert.equal(checker.check('a'), failed(server.url, 'redirect count exceeded'));
  });

  for (const code of [201, 204, 206, 301, 304, 401, 404, 500, 503]) {
    test(`is not there after the answer ${code}`, async (t) => {
      const server = await startListServer(t);
      server.answer = status(code);
      const checker = await buildChecker(t, `providerUrl: ${server.url}\noverrides: [a]`);
      assert.equal(checker.check('a'), failed(server.url, `the server answered ${code}`));
    });
  }
});

describe('refreshing', () => {
  test('takes a changed list, at the interval', async (t) => {
    const server = await startListServer(t);
    server.answer = 'a';
    const checker = await buildChecker(t, `providerUrl: ${server.url}\nrefreshInterval: 10s`);
    server.answer = 'b';
    await checker.env.clock.advance(9999);
    assert.equal(server.requests.length, 1);
    await checker.pass(0.001, 2);
    assert.equal(checker.check('a'), '7 a is not whitelisted');
    assert.equal(checker.check('b'), 'OK');
    await checker.pass(10, 3);
    assert.equal(checker.env.measured.get('list_fetches_total{outcome="unchanged"}'), 1);
    assert.equal(checker.env.measured.get('list_fetches_total{outcome="installed"}'), 2);
  });

  test('asks with the tag of the list that it has, and takes 304 for a success', async (t) => {
    const server = await startListServer(t);
    server.answer = (request, response) => {
      response.setHeader('etag', '"one"');
      if (request.headers['if-none-match'] === '"one"') response.writeHead(304).end();
      else response.end('a');
    };
    const checker = await buildChecker(t, `providerUrl: ${server.url}\nrefreshInterval: 10s\nttl: 15s`);
    for (let fetch = 2; fetch <= 10; fetch += 1) await checker.pass(10, fetch);
    assert.deepEqual(
      server.requests.map(({ headers }) => headers['if-none-match']),
      [undefined, ...Array<string>(9).fill('"one"')],
    );
    assert.equal(checker.check('a'), 'OK');
  });

  test('does not keep the tag of a list that it refused', async (t) => {
    const server = await startListServer(t);
    server.answer = (_request, response) => void response.setHeader('etag', '"bad"').end('[(');
    const checker = await buildChecker(t, `providerUrl: ${server.url}\nentryType: REGEX`);
    await checker.pass(60, 2);
    assert.equal(server.requests[1]?.headers['if-none-match'], undefined);
    assert.match(checker.check('a'), /must be a regular expression/);
  });

  test('goes on after the server was away, from nothing as well', async (t) => {
    const server = await startListServer(t);
    const { url } = server;
    await server.stop();
    const checker = await buildChecker(t, `providerUrl: ${url}`);
    assert.match(checker.check('a'), /^error: fetching the list .* failed: connect ECONNREFUSED/);
    const again = await startListServer(t, { port: Number(new URL(url).port) });
    again.answer = 'a';
    await checker.pass(60, 2);
    assert.equal(checker.check('a'), 'OK');
    await again.stop();
    await checker.pass(60, 3);
    assert.equal(checker.check('a'), 'OK');
    assert.equal(checker.env.logged.at(-1)?.fields['kept'], true);
  });

  test('never has two fetches under way', async (t) => {
    const server = await startListServer(t);
    server.answer = 'a';
    const checker = await buildChecker(t, `providerUrl: ${server.url}\nrefreshInterval: 5s\nfetchTimeout: 5s`);
    server.answer = () => undefined;
    await checker.env.clock.advance(5000);
    await server.asked(2);
    await checker.pass(4.999, 1);
    assert.equal(server.requests.length, 2);
    assert.equal(checker.check('a'), 'OK');
  });
});

describe('the ttl', () => {
  test('drops the list when no fetch succeeds, and then the error shows', async (t) => {
    const server = await startListServer(t);
    server.answer = 'a';
    const checker = await buildChecker(t, `providerUrl: ${server.url}\nrefreshInterval: 10s\nttl: 25s`);
    server.answer = status(301);
    await checker.pass(10, 2);
    await checker.pass(10, 3);
    await checker.env.clock.advance(4999);
    assert.equal(checker.check('a'), 'OK');
    await checker.env.clock.advance(1);
    assert.equal(checker.check('a'), failed(server.url, 'the server answered 301'));
    server.answer = 'a';
    await checker.pass(5, 4);
    assert.equal(checker.check('a'), 'OK');
  });

  test('starts anew with each success, of an unchanged list as well', async (t) => {
    const server = await startListServer(t);
    server.answer = 'a';
    const checker = await buildChecker(t, `providerUrl: ${server.url}\nrefreshInterval: 10s\nttl: 10s`);
    for (let fetch = 2; fetch < 8; fetch += 1) {
      await checker.pass(10, fetch);
      assert.equal(checker.check('a'), 'OK');
    }
    server.answer = status(500);
    await checker.pass(10, 8);
    assert.equal(checker.check('a'), failed(server.url, 'the server answered 500'));
  });

  test('does not let anybody through while the fetch that renews the list is under way', async (t) => {
    const server = await startListServer(t);
    server.answer = 'a';
    const checker = await buildChecker(t, `providerUrl: ${server.url}\nrefreshInterval: 10s\nttl: 10s`);
    server.answer = () => undefined;
    await checker.env.clock.advance(10_000);
    await server.asked(2);
    assert.equal(checker.check('b'), '7 b is not whitelisted');
    await checker.pass(10, 2);
    assert.equal(checker.check('b'), failed(server.url, 'no list within 10000 ms'));
  });

  test('that ends a list while the server is asked about it gives way to its answer that nothing has changed', async (t) => {
    const server = await startListServer(t);
    server.answer = (_request, response) => void response.setHeader('etag', '"one"').end('a');
    const params = `providerUrl: ${server.url}\nrefreshInterval: 10s\nttl: 25s\nblacklist: true`;
    const checker = await buildChecker(t, params);
    server.answer = status(500);
    await checker.pass(10, 2);
    const unchanged = deferred<() => void>();
    server.answer = (_request, response) => unchanged.resolve(() => void response.writeHead(304).end());
    await checker.env.clock.advance(10_000);
    const answer = await unchanged.promise;
    await checker.env.clock.advance(5000);
    assert.equal(checker.check('a'), failed(server.url, 'the server answered 500'));
    answer();
    await eventuallyFetched(checker.env, 3);
    assert.equal(checker.check('a'), '7 a is blacklisted');
    assert.equal(checker.check('b'), 'OK');
  });

  test('does not end overrides alone', async (t) => {
    const checker = await buildChecker(t, 'overrides: [a]\nttl: 1s');
    await checker.env.clock.advance(3_600_000);
    assert.equal(checker.check('a'), 'OK');
    assert.equal(checker.env.schedule.pending, 0);
  });
});

describe('bounds', () => {
  test('do not let a slow first fetch hold up the build, and do not let anybody through meanwhile', async (t) => {
    const server = await startListServer(t);
    let answer: (() => void) | undefined;
    server.answer = (_request, response) => void (answer = () => void response.end('a'));
    const env = fakeEnv();
    const building = buildChecker(t, `providerUrl: ${server.url}`, env);
    await server.asked(1);
    await env.clock.advance(2000);
    const checker = await building;
    assert.equal(checker.check('a'), 'error: the list has not been fetched yet');
    answer?.();
    await eventuallyFetched(env, 1);
    assert.equal(checker.check('a'), 'OK');
  });

  test('end a fetch after its time, in the middle of the body as well', async (t) => {
    const server = await startListServer(t);
    server.answer = (_request, response) => void response.write('a\n');
    const env = fakeEnv();
    const building = buildChecker(t, `providerUrl: ${server.url}\nfetchTimeout: 1500ms`, env);
    await server.asked(1);
    await env.clock.advance(1500);
    const checker = await building;
    assert.equal(checker.check('a'), failed(server.url, 'no list within 1500 ms'));
  });

  test('end a fetch with the refresh interval, however long it may take', async (t) => {
    const server = await startListServer(t);
    server.answer = () => undefined;
    const env = fakeEnv();
    const building = buildChecker(t, `providerUrl: ${server.url}\nrefreshInterval: 1s\nfetchTimeout: 1h`, env);
    await server.asked(1);
    await env.clock.advance(1000);
    const checker = await building;
    assert.equal(checker.check('a'), failed(server.url, 'no list within 1000 ms'));
    // The interval's own fetch, due in the same moment, has been this one.
    server.answer = 'a';
    await checker.pass(1, 2);
    assert.equal(server.requests.length, 2);
  });

  test('refuse a list that is too long without reading it to its end', async (t) => {
    const server = await startListServer(t);
    let sent = 0;
    server.answer = (_request, response) => {
      const pump = (): void => {
        // Without an end.
        do sent += 10_000;
        while (!response.destroyed && response.write(`${'x'.repeat(9999)}\n`));
      };
      response.on('drain', pump);
      pump();
    };
    const checker = await buildChecker(t, `providerUrl: ${server.url}\nmaxBytes: 100000`);
    const refused = failed(server.url, 'the list is longer than 100000 bytes');
    assert.equal(checker.check('a'), refused);
    // What the system keeps of it in between is not ours to say.
    assert.ok(sent < 30_000_000, `sent ${sent} bytes`);
    server.answer = 'x'.repeat(100_001);
    await checker.pass(60, 2);
    assert.equal(checker.check('a'), refused);
    server.answer = 'x'.repeat(100_000);
    await checker.pass(60, 3);
    assert.equal(checker.check('x'.repeat(100_000)), 'OK');
  });

  test('hold for what a server says that speaks no HTTP', async (t) => {
    const server = createServer((socket) => void socket.end('SSH-2.0\r\n'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const checker = await buildChecker(t, `providerUrl: ${url}`);
    assert.match(checker.check('a'), /^error: fetching the list from "http:.*" failed: ./);
  });

  test('hold for garbage: bytes that are no text make entries that nobody has', async (t) => {
    const server = await startListServer(t);
    server.answer = (_request, response) => void response.end(createHash('sha512').update('a').digest());
    const checker = await buildChecker(t, `providerUrl: ${server.url}`);
    assert.equal(checker.check('a'), '7 a is not whitelisted');
    server.answer = (_request, response) => void response.end(Buffer.from([0xff, 0xfe, 0x00, 0x80]));
    const addresses = await buildChecker(t, `providerUrl: ${server.url}\nentryType: IP_ADDRESSES`);
    assert.match(addresses.check('1.2.3.4'), /^error: /);
  });
});

describe('closing', () => {
  test('ends a fetch that is under way, without calling it a failure', async (t) => {
    const server = await startListServer(t);
    server.answer = 'a';
    const checker = await buildChecker(t, `providerUrl: ${server.url}`);
    let gone = false;
    server.answer = (request) => void request.socket.on('close', () => (gone = true));
    await checker.env.clock.advance(60_000);
    await server.asked(2);
    await checker.close();
    assert.equal(fetchesOf(checker.env), 1);
    assert.deepEqual(
      checker.env.logged.map(({ message }) => message),
      ['list installed'],
    );
    assert.equal(checker.env.schedule.pending, 0);
    await checker.env.clock.advance(3_600_000);
    assert.equal(server.requests.length, 2);
    while (!gone) await new Promise(setImmediate);
  });

  test('ends a build that waits', async (t) => {
    const server = await startListServer(t);
    server.answer = () => undefined;
    const env = fakeEnv();
    const building = buildChecker(t, `providerUrl: ${server.url}`, env);
    await server.asked(1);
    env.abort();
    const checker = await building;
    await checker.close();
    assert.deepEqual(env.logged, []);
  });

  test('leaves no connection behind', async (t) => {
    const server = await startListServer(t);
    server.answer = 'a';
    const checker = await buildChecker(t, `providerUrl: ${server.url}`);
    assert.equal(server.requests[0]?.headers.connection, 'close');
    await checker.close();
  });
});

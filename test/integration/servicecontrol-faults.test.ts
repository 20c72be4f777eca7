import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { Timestamp } from 'fairlead/sdk';
import { apikey, quota, servicecontrolreport } from 'fairlead/templates';
import { fakeCall, sampleInstance } from 'fairlead/testing';
import { type Answer, GoogleServer, never } from '../adapters/servicecontrol/google-server.js';
import {
  connection,
  createServicecontrol,
  oneService,
  type Servicecontrol,
} from '../adapters/servicecontrol/support.js';
import { type BackendAnswer, type HttpBackend, startHttpBackend } from '../support/http-backend.js';
import { eventually, freePort } from '../support/peer.js';
import { tempFolder } from '../support/temp-folder.js';

const queue = 'echo.endpoints.p.cloud.goog';
const names = { api: 'echo.default.svc.cluster.local', apiKey: 'key-1', apiOperation: 'echo' };
const request = (values: Readonly<Record<string, unknown>> = {}) =>
  sampleInstance(servicecontrolreport, { apiService: names.api, ...names, ...values });

function helpersOf({ handler, env, close }: Servicecontrol) {
  const report = (...values: readonly Readonly<Record<string, unknown>>[]): void =>
    void handler.handleServicecontrolReport(
      values.map((one) => request(one)),
      fakeCall(),
    );
  const until = (ask: () => boolean, step = 1000): Promise<true> =>
    eventually(async () => {
      await env.clock.advance(step);
      return ask() || undefined;
    });
  const count = (name: string, reason?: string): number =>
    env.measured.get(`delivery_${name}{queue="${queue}"${reason === undefined ? '' : `,reason="${reason}"`}}`) ?? 0;
  /** Closes while time passes. */
  const end = async (): Promise<void> => {
    let closed = false;
    void close().then(() => (closed = true));
    await eventually(async () => {
      if (!closed) await env.clock.advance(1000);
      return closed || undefined;
    });
  };
  return { report, until, count, end };
}

describe('servicecontrol and a Google that is ill', () => {
  const folder = tempFolder();
  let google: GoogleServer;
  before(async () => {
    google = await GoogleServer.start();
  });
  afterEach(() => google.reset());
  after(() => {
    google.stop();
    assert.deepEqual(google.violations, []);
  });

  const illnesses: readonly (readonly [string, Answer])[] = [
    ['hangs', never],
    ['answers garbage', { status: 200, text: '\u0000<html>' }],
    ['answers 500 with garbage', { status: 500, text: '\u0000<html>' }],
  ];
  for (const [what, answer] of illnesses) {
    it(`gets its reports once it is well again: ${what}`, async () => {
      const control = await createServicecontrol(connection(google, folder) + oneService);
      const { report, until, count, end } = helpersOf(control);
      let faults = 2;
      google.answer = () => (faults-- > 0 ? answer : {});
      report({});
      await until(() => count('sent') === 1);
      assert.equal(google.calls.length, 3);
      await end();
    });
  }

  it('gets its reports once tokens are given again', async () => {
    const control = await createServicecontrol(connection(google, folder) + oneService);
    const { report, until, count, end } = helpersOf(control);
    google.tokenAnswer = { status: 503, text: '<html>' };
    report({});
    await until(() => count('retries') > 1);
    google.tokenAnswer = undefined;
    await until(() => count('sent') === 1);
    await end();
  });

  it('refuses no report for what a request says', async () => {
    const control = await createServicecontrol(connection(google, folder) + oneService);
    const { report, until, count, end } = helpersOf(control);
    const year0 = new Timestamp(-62_167_219_200, 0);
    const odd: readonly Readonly<Record<string, unknown>>[] = [
      { requestTime: year0, responseTime: new Timestamp(253_402_300_800, 0) },
      { apiKey: 'k'.repeat(2 ** 20), apiOperation: '\ud83d', requestMethod: '"\u0000\u2028' },
      { requestBytes: -(2n ** 63n), responseCode: 2n ** 63n - 1n },
      { requestTime: undefined, responseTime: undefined, responseLatency: undefined, apiKey: undefined },
    ];
    report(...odd);
    await until(() => count('sent') === odd.length);
    for (const { body } of google.calls) {
      assert.ok(JSON.stringify(body).length < 50_000);
      for (const { startTime } of body['operations'] as readonly { startTime: string }[]) {
        assert.doesNotMatch(startTime, /^(0000|\+)/);
      }
    }
    await end();
  });

  it('is not asked about keys that are too long, nor about those of another type', async () => {
    const control = await createServicecontrol(connection(google, folder) + oneService);
    const { handler } = control;
    const long = 'k'.repeat(2 ** 20);
    for (const values of [{ apiKey: long }, { apiOperation: long }]) {
      const { status } = await handler.handleApiKey(sampleInstance(apikey, { ...names, ...values }), fakeCall());
      assert.equal(status?.code, 3);
    }
    const denied = await handler.handleApiKey(sampleInstance(apikey, { ...names, api: long }), fakeCall());
    assert.equal(denied.status?.code, 7);
    assert.ok(denied.status.message.length < 2000);
    for (const api_key of [long, 1n, NaN, new Map([['__proto__', 'x']])]) {
      const dimensions = { api_key, api_operation: 'echo' };
      const instance = sampleInstance(quota, { name: 'ratelimit', dimensions });
      const result = await handler.handleQuota(
        instance,
        { amount: 1n, bestEffort: false, deduplicationId: '' },
        fakeCall(),
      );
      assert.equal(result.status?.code, 3);
    }
    assert.equal(google.calls.length, 0);
    await helpersOf(control).end();
  });
});

describe('servicecontrol without Google', () => {
  // Without credentials there is no token to fetch, and nothing but the endpoint itself can fail.
  const create = (endpoint: string) => createServicecontrol(`endpoint: ${endpoint}\n${oneService}`);

  it('reports again what was on its way when a connection broke', async () => {
    const backend: HttpBackend = await startHttpBackend();
    try {
      const { report, until, count, end } = helpersOf(await create(backend.url));
      const answers: BackendAnswer[] = ['reset', 'reset'];
      backend.answer = () => answers.shift() ?? { body: '{}' };
      report({}, {});
      await until(() => count('sent') === 2);
      const bodies = new Set(backend.requests.map(({ body }) => body));
      assert.deepEqual([backend.requests.length, bodies.size], [3, 1]);
      await end();
    } finally {
      await backend.close();
    }
  });

  for (const [what, host] of [
    ['nobody listens', '127.0.0.1'],
    ['the host has no address', 'servicecontrol.invalid'],
  ] as const) {
    it(`takes reports at once, denies checks, bounds its memory and closes: ${what}`, async () => {
      const control = await create(`http://${host}:${await freePort()}`);
      const { report, until, count, end } = helpersOf(control);
      const begin = process.cpuUsage();
      for (let round = 0; round < 12_000; round += 1) report({});
      assert.ok(process.cpuUsage(begin).user < 5_000_000);
      const { status } = await control.handler.handleApiKey(sampleInstance(apikey, names), fakeCall());
      assert.equal(status?.code, 7);
      assert.match(status.message, /ECONNREFUSED|ENOTFOUND|EAI_AGAIN/);
      await until(() => count('dropped', 'queue_full') >= 2000);
      await until(() => control.env.logged.some(({ message }) => message === 'backend unreachable'));
      await end();
      assert.deepEqual([count('sent'), count('queue_entries')], [0, 0]);
    });
  }
});

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { Duration, type Value } from 'fairlead/sdk';
import { apikey, quota, servicecontrolreport } from 'fairlead/templates';
import { fakeCall, sampleInstance } from 'fairlead/testing';
import { tempFolder } from '../../support/temp-folder.js';
import { type Answer, GoogleServer, never } from './google-server.js';
import { connection, createServicecontrol, oneService, type Servicecontrol } from './support.js';

const api = 'echo.default.svc.cluster.local';
const key = (values: Partial<Record<'api' | 'apiKey' | 'apiOperation', string>> = {}) =>
  sampleInstance(apikey, { api, apiKey: 'key-1', apiOperation: 'echo', ...values });
const spend = (
  dimensions: Readonly<Record<string, Value>> = { api_key: 'key-1', api_operation: 'echo' },
  name = 'ratelimit',
) => sampleInstance(quota, { name, dimensions: Object.assign(Object.create(null), dimensions) });
const ask = (amount: bigint, values: { bestEffort?: boolean; deduplicationId?: string } = {}) => ({
  amount,
  bestEffort: false,
  deduplicationId: '',
  ...values,
});
const maxUses = 2 ** 31 - 1;

describe('servicecontrol', () => {
  const folder = tempFolder();
  let google: GoogleServer;
  let control: Servicecontrol;
  before(async () => {
    google = await GoogleServer.start();
  });
  beforeEach(async () => {
    control = await createServicecontrol(connection(google, folder) + oneService);
  });
  afterEach(async () => {
    await control.close();
    google.reset();
    assert.deepEqual(google.violations.splice(0), []);
  });
  after(() => google.stop());

  const check = async (instance = key(), call = fakeCall()) => control.handler.handleApiKey(instance, call);
  const codeOf = async (instance = key()): Promise<number | undefined> => (await check(instance)).status?.code;

  describe('check', () => {
    it('asks about the key and the operation under the name at Google', async () => {
      assert.deepEqual(await check(), {
        status: { code: 0, message: '' },
        validDuration: new Duration(60, 0),
        validUseCount: maxUses,
      });
      const [call] = google.calls;
      assert.equal(call?.service, 'echo.endpoints.p.cloud.goog');
      const { operationId, ...operation } = call.body['operation'];
      assert.deepEqual(operation, {
        operationName: 'echo',
        consumerId: 'api_key:key-1',
        startTime: '2026-01-01T00:00:00.123456Z',
      });
      assert.match(operationId, /^[0-9a-f-]{36}$/);
    });

    it('remembers answers of either kind until they expire', async () => {
      google.answer = () => ({ checkErrors: [{ code: 'API_KEY_INVALID', detail: 'no such key' }] });
      const denied = { code: 3, message: 'API_KEY_INVALID: no such key' };
      assert.deepEqual((await check()).status, denied);
      google.answer = () => ({});
      assert.deepEqual((await check()).status, denied);
      assert.equal(await codeOf(key({ apiOperation: 'other' })), 0);
      await control.env.clock.advance(59_999);
      assert.deepEqual((await check()).status, denied);
      await control.env.clock.advance(1);
      assert.equal(await codeOf(), 0);
      assert.equal(google.calls.length, 3);
    });

    it('does not remember that Google could not tell', async () => {
      google.answer = () => ({ checkErrors: [{ code: 'BILLING_STATUS_UNAVAILABLE', detail: 'later' }] });
      const { status, validDuration, validUseCount } = await check();
      assert.deepEqual([status?.code, validDuration, validUseCount], [14, Duration.zero, 0]);
      google.answer = () => ({});
      assert.equal(await codeOf(), 0);
    });

    it('takes the service by either name, and the only one for no name', async () => {
      for (const name of [api, 'echo.endpoints.p.cloud.goog', '']) assert.equal(await codeOf(key({ api: name })), 0);
    });

    it('denies without asking what it need not ask', async () => {
      assert.equal(await codeOf(key({ api: 'other' })), 7);
      assert.equal(await codeOf(key({ apiKey: '' })), 3);
      assert.equal(await codeOf(key({ apiOperation: '' })), 3);
      assert.equal(await codeOf(key({ api: '__proto__' })), 7);
      assert.equal(google.calls.length, 0);
    });

    const refusals: readonly (readonly [what: string, answer: Answer, code: number, message: RegExp])[] = [
      ['throttling', { status: 429, text: '{}' }, 8, /^Service Control answered 429$/],
      ['an outage', { status: 503, text: 'upstream' }, 14, /^Service Control answered 503$/],
      ['a redirect', { status: 302, text: '' }, 2, /answered 302$/],
      ['no permission', { status: 403, text: '{"error":{}}' }, 7, /answered 403$/],
      ['no answer', { status: 204, text: '' }, 7, /answered 204$/],
      ['something that is only on its way', { status: 202, text: '{}' }, 7, /answered 202$/],
      ['errors that are no list', { checkErrors: { code: 'API_KEY_INVALID' } }, 7, /checkErrors of the answer/],
      ['errors that are only names', { checkErrors: ['API_KEY_INVALID'] }, 7, /checkErrors of the answer/],
      ['garbage', { status: 200, text: '<html>' }, 7, /^check: the answer is no JSON$/],
      ['something else in JSON', { status: 200, text: '[]' }, 7, /^check: the answer is no object$/],
      ['too much', { status: 200, text: ' '.repeat(2 << 20) }, 7, /longer than 1048576 bytes/],
    ];
    for (const [what, answer, code, message] of refusals) {
      it(`denies on ${what}, and asks again the next time`, async () => {
        google.answer = () => answer;
        const { status, validDuration, validUseCount } = await check();
        assert.equal(status?.code, code);
        assert.match(status.message, message);
        assert.deepEqual([validDuration, validUseCount], [Duration.zero, 0]);
        google.answer = () => ({});
        assert.equal(await codeOf(), 0);
      });
    }

    it('ends when its signal is aborted, though Google never answers', async () => {
      google.answer = () => never;
      const abort = new AbortController();
      const answer = check(key(), fakeCall({ signal: abort.signal }));
      await google.bodies('check');
      abort.abort();
      await assert.rejects(answer, { name: 'AbortError' });
    });

    it('asks once for those who want to know the same at the same time', async () => {
      const first = new AbortController();
      const answers = [check(key(), fakeCall({ signal: first.signal })), check(), check()];
      first.abort();
      await assert.rejects(answers[0]!);
      assert.deepEqual(
        (await Promise.all(answers.slice(1))).map(({ status }) => status?.code),
        [0, 0],
      );
      assert.equal(google.calls.length, 1);
    });

    it('gives up when Google takes too long, and denies', async () => {
      google.answer = () => never;
      const answer = check();
      await google.bodies('check');
      await control.env.clock.advance(10_000);
      assert.deepEqual((await answer).status, { code: 7, message: 'check: no answer within 10000 ms' });
    });

    it('says once that Google does not answer, and once that it does again', async () => {
      google.answer = () => ({ status: 503, text: '' });
      await check();
      await check();
      google.answer = () => ({});
      await check();
      assert.deepEqual(
        control.env.logged.map(({ level, message }) => [level, message]),
        [
          ['warn', 'service control does not answer, requests are denied'],
          ['info', 'service control answers again'],
        ],
      );
      assert.equal(control.env.measured.get('calls_total{method="check",outcome="refused"}'), 2);
    });

    it('takes fields of the wrong kind for none, but for errors', async () => {
      google.answer = () => ({ checkErrors: null, checkInfo: [{ consumerInfo: 7 }], operationId: {} });
      assert.equal(await codeOf(), 0);
    });
  });

  describe('quota', () => {
    const metric = (amount: string, name = 'read-requests') => ({
      quotaMetrics: [
        { metricName: 'other', metricValues: [{ labels: { '/quota_name': name }, int64Value: '1' }] },
        {
          metricName: 'serviceruntime.googleapis.com/api/consumer/quota_used_count',
          metricValues: [{ labels: { '/quota_name': name }, int64Value: amount }],
        },
      ],
    });
    const allocate = async (instance = spend(), args = ask(25n, { bestEffort: true })) =>
      control.handler.handleQuota(instance, args, fakeCall());

    it('asks for the metric and grants what Google says', async () => {
      google.answer = () => metric('10');
      assert.deepEqual(await allocate(), {
        status: { code: 0, message: '' },
        amount: 10n,
        validDuration: new Duration(30, 0),
      });
      const [call] = google.calls;
      assert.equal(call?.service, 'echo.endpoints.p.cloud.goog');
      const { operationId: _, ...operation } = call.body['allocateOperation'];
      assert.deepEqual(operation, {
        methodName: 'echo',
        consumerId: 'api_key:key-1',
        quotaMetrics: [{ metricName: 'read-requests', metricValues: [{ int64Value: '25' }] }],
        quotaMode: 'BEST_EFFORT',
      });
    });

    it('grants what was asked for when Google says no amount, and never more', async () => {
      assert.equal((await allocate(spend(), ask(2n ** 62n + 1n))).amount, 2n ** 62n + 1n);
      google.answer = () => metric('99', 'other');
      assert.equal((await allocate()).amount, 25n);
      google.answer = () => metric('99');
      assert.equal((await allocate()).amount, 25n);
      const modes = google.calls.map(({ body }) => String(body['allocateOperation'].quotaMode));
      assert.deepEqual(modes, ['NORMAL', 'BEST_EFFORT', 'BEST_EFFORT']);
    });

    it('answers the same id alike without asking twice, as long as the grant holds', async () => {
      google.answer = () => metric('10');
      const args = ask(25n, { bestEffort: true, deduplicationId: 'd' });
      const first = await allocate(spend(), args);
      google.answer = () => metric('1');
      assert.deepEqual(await allocate(spend(), args), first);
      assert.equal(google.calls.length, 1);
    });

    it('asks under the same id again when there was no answer, so that nothing is charged twice', async () => {
      google.answer = () => ({ status: 503, text: '' });
      const args = ask(1n, { deduplicationId: 'd2' });
      const refused = await allocate(spend(), args);
      assert.deepEqual([refused.amount, refused.status?.code, refused.validDuration], [0n, 14, Duration.zero]);
      google.answer = () => ({});
      assert.equal((await allocate(spend(), args)).amount, 1n);
      const ids = google.calls.map(({ body }) => String(body['allocateOperation'].operationId));
      assert.equal(ids[0], ids[1]);
      assert.match(google.violations.splice(0).join(), /comes again$/);
    });

    it('grants nothing when Google refuses', async () => {
      google.answer = () => ({ allocateErrors: [{ code: 'RESOURCE_EXHAUSTED', description: 'out of quota' }] });
      assert.deepEqual(await allocate(), {
        status: { code: 8, message: 'out of quota' },
        amount: 0n,
        validDuration: new Duration(30, 0),
      });
    });

    it('grants nothing for an answer that cannot be read', async () => {
      for (const answer of [{ status: 204, text: '' }, { allocateErrors: {} }, { allocateErrors: ['NOT_FOUND'] }]) {
        google.answer = () => answer;
        const { amount, status } = await allocate();
        assert.deepEqual([amount, status?.code], [0n, 14]);
      }
    });

    it('needs key and operation as text, a known service and a known quota', async () => {
      const code = async (instance: ReturnType<typeof spend>) => (await allocate(instance)).status?.code;
      const dimensions = { api_key: 'k', api_operation: 'o' };
      assert.equal(await code(spend({ api_operation: 'o' })), 3);
      assert.equal(await code(spend({ api_key: 'k', api_operation: 7n })), 3);
      assert.equal(await code(spend({ ...dimensions, api_service: 'other' })), 13);
      assert.equal(await code(spend(dimensions, 'other')), 13);
      assert.equal(await code(spend({ ...dimensions, api_service: api })), 0);
      assert.equal(google.calls.length, 1);
    });

    it('asks nothing for nothing', async () => {
      assert.equal((await allocate(spend(), ask(0n))).amount, 0n);
      assert.equal((await allocate(spend(), ask(-5n))).amount, 0n);
      assert.equal(google.calls.length, 0);
    });
  });

  describe('report', () => {
    const request = (values: Partial<Record<'apiService' | 'apiKey', string>> = {}) =>
      sampleInstance(servicecontrolreport, { apiService: api, apiKey: 'key-1', apiOperation: 'echo', ...values });
    const report = (...instances: ReturnType<typeof request>[]) =>
      control.handler.handleServicecontrolReport(instances, fakeCall());

    it('returns at once and sends what came within a second together', async () => {
      assert.equal(report(request()), undefined);
      assert.equal(report(request(), request()), undefined);
      await control.env.clock.advance(1000);
      const [body] = await google.bodies('report');
      assert.equal(body?.['operations'].length, 3);
      assert.equal(google.calls[0]?.service, 'echo.endpoints.p.cloud.goog');
    });

    it('names the project of a key that was checked', async () => {
      google.answer = () => ({ checkInfo: { consumerInfo: { projectNumber: '9007199254740993' } } });
      await check();
      google.answer = () => ({});
      await report(request());
      await control.env.clock.advance(1000);
      const [body] = await google.bodies('report');
      const project = body?.['operations'][0].labels['serviceruntime.googleapis.com/consumer_project'];
      assert.equal(project, '9007199254740993');
    });

    it('fails for an unknown service, and takes the others', async () => {
      assert.throws(() => report(request({ apiService: 'other' }), request()), /unknown service "other"/);
      await control.env.clock.advance(1000);
      assert.equal((await google.bodies('report'))[0]?.['operations'].length, 1);
    });

    it('counts what Google did not take', async () => {
      google.answer = (_, body) => ({
        reportErrors: [{ operationId: body['operations'][0].operationId, status: { code: 3, message: 'bad' } }],
      });
      await report(request(), request());
      await control.env.clock.advance(1000);
      await google.bodies('report');
      const dropped = 'delivery_dropped{queue="echo.endpoints.p.cloud.goog",reason="rejected"}';
      await until(() => control.env.measured.get(dropped) === 1);
    });

    it('sends the same operations again while Google is away or busy', async () => {
      const answers: Answer[] = [{ status: 503, text: '' }, { status: 429, text: '' }, { status: 401, text: '' }, {}];
      google.answer = () => answers.shift() ?? {};
      await report(request());
      await until(() => google.calls.length >= 4);
      const texts = new Set(google.calls.map(({ body }) => JSON.stringify(body)));
      assert.equal(texts.size, 1);
    });

    it('brings out what waits when it is closed', async () => {
      await report(request());
      await control.close();
      assert.equal((await google.bodies('report')).length, 1);
    });

    async function until(isThere: () => boolean): Promise<void> {
      for (let round = 0; !isThere(); round += 1) {
        assert.ok(round < 2000, 'it comes about');
        await control.env.clock.advance(50);
      }
    }
  });

  describe('token', () => {
    it('is fetched once for all calls', async () => {
      const before = google.tokens;
      await Promise.all(Array.from({ length: 20 }, (_, index) => check(key({ apiKey: `key-${index}` }))));
      assert.equal(google.tokens, before + 1);
    });

    it('that is not granted denies', async () => {
      google.tokenAnswer = { status: 400, text: '{"error":"invalid_grant","error_description":"no such account"}' };
      const { status } = await check();
      assert.equal(status?.code, 7);
      assert.match(status.message, /^check: .*invalid_grant/);
      google.tokenAnswer = undefined;
      assert.equal(await codeOf(), 0);
    });

    it('that takes too long is not waited for', async () => {
      google.tokenAnswer = never;
      const abort = new AbortController();
      const answer = check(key(), fakeCall({ signal: abort.signal }));
      abort.abort();
      await assert.rejects(answer);
    });
  });
});

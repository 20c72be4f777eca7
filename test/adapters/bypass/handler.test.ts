import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { Duration, type Instance, Timestamp, type Value, type ValueType } from 'fairlead/sdk';
import { checknothing, metric, quota, reportnothing } from 'fairlead/templates';
import { fakeCall, sampleInstance } from 'fairlead/testing';
import { BackendServer, failure, never } from './backend-server.js';
import { type Bypass, createBypass, noTypes } from './support.js';

const uuid4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const check = sampleInstance(checknothing, { name: 'c.checknothing.istio-system' });
const report = sampleInstance(reportnothing, { name: 'r.reportnothing.istio-system' });
const withDimensions = (dimensions: Readonly<Record<string, Value>>): Instance<typeof quota> =>
  sampleInstance(quota, { name: 'q', dimensions: Object.assign(Object.create(null), dimensions) });
const metricWith = (dimensions: Readonly<Record<string, Value>>, value: Value = 1n) =>
  sampleInstance(metric, {
    name: 'm',
    value,
    dimensions: Object.assign(Object.create(null), dimensions),
    monitoredResourceType: '',
    monitoredResourceDimensions: Object.create(null),
  });
const ask = (amount: bigint, bestEffort = false) => ({ deduplicationId: 'dedup-1', amount, bestEffort });
const params = 'params: { "@type": type.googleapis.com/my.Params, value: CgJvaw== }';
const sentParams = { type_url: 'type.googleapis.com/my.Params', value: Buffer.from('\n\u0002ok') };

describe('bypass', () => {
  let backend: BackendServer;
  let bypass: Bypass;
  before(async () => {
    backend = await BackendServer.start();
  });
  beforeEach(async () => {
    bypass = await createBypass(backend.address, params);
  });
  afterEach(async () => {
    await bypass.close();
    backend.answers.clear();
    backend.received.length = 0;
  });
  after(() => backend.stop());

  describe('check', () => {
    it('sends the instance, the configuration and an id of its own, and passes the answer on', async () => {
      backend.answers.set('HandleCheckNothing', () => ({
        status: { code: 7, message: 'not you' },
        valid_duration: { seconds: 5, nanos: 500_000_000 },
        valid_use_count: 31,
      }));
      const answers = [
        await bypass.handler.handleCheckNothing(check, fakeCall()),
        await bypass.handler.handleCheckNothing(check, fakeCall()),
      ];
      assert.deepEqual(answers[0], {
        status: { code: 7, message: 'not you' },
        validDuration: new Duration(5, 500_000_000),
        validUseCount: 31,
      });
      const [first, second] = await backend.requests('HandleCheckNothing', 2);
      assert.deepEqual(first?.['instance'], { name: check.name });
      assert.deepEqual({ ...first['adapter_config'] }, sentParams);
      assert.match(first['dedup_id'], uuid4);
      assert.notEqual(first['dedup_id'], second?.['dedup_id']);
    });

    it('passes a direct response on', async () => {
      // A DirectHttpResponse: code 418, body "tea", header pot: short.
      const value = Buffer.from('\u0008\u00a2\u0003\u0012\u0003tea\u001a\u000c\n\u0003pot\u0012\u0005short', 'latin1');
      const type_url = 'type.googleapis.com/istio.policy.v1beta1.DirectHttpResponse';
      const other = { type_url: 'type.googleapis.com/other', value: Buffer.from('?') };
      backend.answers.set('HandleCheckNothing', () => ({
        status: { code: 16, message: '', details: [other, { type_url, value }] },
      }));
      const { status } = await bypass.handler.handleCheckNothing(check, fakeCall());
      assert.deepEqual(status?.directResponse, { code: 418, body: 'tea', headers: new Map([['pot', 'short']]) });
    });

    it('takes an empty answer for OK without an opinion', async () => {
      const answer = await bypass.handler.handleCheckNothing(check, fakeCall());
      assert.deepEqual(answer, { status: undefined, validDuration: Duration.zero, validUseCount: 0 });
    });

    it('fails with what the backend says', async () => {
      backend.answers.set('HandleCheckNothing', () => failure(5, 'no such thing'));
      await assert.rejects(async () => bypass.handler.handleCheckNothing(check, fakeCall()), {
        name: 'BackendError',
        message: '/checknothing.HandleCheckNothingService/HandleCheckNothing: NOT_FOUND: no such thing',
      });
    });

    it('ends when its signal is aborted, before or after it was sent', async () => {
      backend.answers.set('HandleCheckNothing', () => never);
      const abort = new AbortController();
      const answer = bypass.handler.handleCheckNothing(check, fakeCall({ signal: abort.signal }));
      await backend.requests('HandleCheckNothing');
      abort.abort();
      await assert.rejects(async () => answer, /CANCELLED/);
      await assert.rejects(
        async () => bypass.handler.handleCheckNothing(check, fakeCall({ signal: abort.signal })),
        /cancelled/,
      );
    });
  });

  describe('quota', () => {
    const grant = (name: string, result: object) =>
      backend.answers.set('HandleQuota', () => ({ quotas: { [name]: result } }));

    it('asks under the name of the instance with the id of the caller', async () => {
      grant('q', { granted_amount: '3', valid_duration: { seconds: 60 } });
      const answer = await bypass.handler.handleQuota(withDimensions({ user: 'ann' }), ask(5n, true), fakeCall());
      assert.deepEqual(answer, { status: undefined, validDuration: new Duration(60, 0), amount: 3n });
      const [request] = await backend.requests('HandleQuota');
      assert.equal(request?.['dedup_id'], 'dedup-1');
      assert.deepEqual(request['quota_request'], { quotas: { q: { amount: '5', best_effort: true } } });
      assert.deepEqual(request['instance'].dimensions, { user: { string_value: 'ann', value: 'string_value' } });
    });

    it('keeps amounts beyond 2^53 and never grants more than was asked for, or less than nothing', async () => {
      const amount = 2n ** 62n + 1n;
      for (const [granted, want] of [
        [amount, amount],
        [amount + 1n, amount],
        [-1n, 0n],
      ] as const) {
        grant('q', { granted_amount: String(granted) });
        const answer = await bypass.handler.handleQuota(withDimensions({}), ask(amount), fakeCall());
        assert.equal(answer.amount, want);
      }
      const [request] = await backend.requests('HandleQuota');
      assert.equal(request?.['quota_request'].quotas.q.amount, String(amount));
    });

    it('passes a refusal on', async () => {
      grant('q', { status: { code: 8, message: 'too much' } });
      const answer = await bypass.handler.handleQuota(withDimensions({}), ask(1n), fakeCall());
      assert.deepEqual(answer.status, { code: 8, message: 'too much' });
    });

    it('fails when the answer is about another quota', async () => {
      grant('other', { granted_amount: '1' });
      await assert.rejects(
        async () => bypass.handler.handleQuota(withDimensions({}), ask(1n), fakeCall()),
        /the answer has no quota "q"/,
      );
    });

    it('refuses a map of strings, for which there is no value', async () => {
      await assert.rejects(
        async () => bypass.handler.handleQuota(withDimensions({ l: new Map([['a', 'b']]) }), ask(1n), fakeCall()),
        /a map of strings cannot be sent/,
      );
    });
  });

  describe('report', () => {
    const flush = (): Promise<void> => bypass.env.clock.advance(100);

    it('returns at once and sends several reports as one call', async () => {
      assert.equal(bypass.handler.handleReportNothing([report], fakeCall()), undefined);
      assert.equal(bypass.handler.handleReportNothing([report, report], fakeCall()), undefined);
      await flush();
      const [request] = await backend.requests('HandleReportNothing');
      assert.deepEqual(request?.['instances'], Array(3).fill({ name: report.name }));
      assert.deepEqual({ ...request['adapter_config'] }, sentParams);
      assert.match(request['dedup_id'], uuid4);
    });

    it('sends a value of each type, texts by the type they were inferred to have', async () => {
      await bypass.close();
      const dimensions = {
        text: 'a',
        int: -(2n ** 63n),
        ratio: -0.5,
        flag: false,
        address: Uint8Array.of(10, 0, 0, 7),
        time: new Timestamp(-1, 999_999_999),
        span: new Duration(-1, -500_000_000),
        mail: 'ann@example.com',
        host: 'example.com',
        link: 'http://example.com/',
        ['__proto__']: 'x',
      } as const;
      const types: Record<string, ValueType> = { mail: 'EMAIL_ADDRESS', host: 'DNS_NAME', link: 'URI', text: 'STRING' };
      bypass = await createBypass(backend.address, '', {
        ...noTypes,
        metric: new Map([
          [
            'm',
            {
              value: 'INT64' as const,
              dimensions: types,
              monitoredResourceType: 'STRING' as const,
              monitoredResourceDimensions: {},
            },
          ],
        ]),
      });
      const { ['__proto__']: _, ...plain } = dimensions;
      const all = Object.assign(Object.create(null), plain) as Record<string, Value>;
      Object.defineProperty(all, '__proto__', { value: 'x', enumerable: true });
      await bypass.handler.handleMetric(
        [metricWith(all, 2n ** 60n), { ...metricWith({}), value: undefined }],
        fakeCall(),
      );
      await flush();
      const [request] = await backend.requests('HandleMetric');
      assert.equal(request?.['adapter_config'], undefined);
      const [first, second] = request?.['instances'] ?? [];
      assert.equal(first.name, 'm');
      assert.equal(first.value.int64_value, String(2n ** 60n));
      assert.equal(second.value, undefined);
      const got = first.dimensions;
      assert.equal(got.text.string_value, 'a');
      assert.equal(got.int.int64_value, String(-(2n ** 63n)));
      assert.equal(got.ratio.double_value, -0.5);
      assert.equal(got.flag.bool_value, false);
      assert.deepEqual([...got.address.ip_address_value.value], [10, 0, 0, 7]);
      assert.deepEqual({ ...got.time.timestamp_value.value }, { seconds: '-1', nanos: 999_999_999 });
      assert.deepEqual({ ...got.span.duration_value.value }, { seconds: '-1', nanos: -500_000_000 });
      assert.equal(got.mail.email_address_value.value, 'ann@example.com');
      assert.equal(got.host.dns_name_value.value, 'example.com');
      assert.equal(got.link.uri_value.value, 'http://example.com/');
    });

    it('sends the others when one instance has a value that cannot be sent, and says so', async () => {
      const call = fakeCall();
      const instances = [metricWith({ l: new Map() }), metricWith({ a: 'b' })];
      assert.throws(() => bypass.handler.handleMetric(instances, call), /a map of strings cannot be sent/);
      await flush();
      const [request] = await backend.requests('HandleMetric');
      assert.deepEqual(Object.keys(request?.['instances'][0].dimensions), ['a']);
    });

    it('sends a batch again under the same id after a failure that passes, and drops it after one that does not', async () => {
      backend.answers.set('HandleMetric', () => failure(14, 'later'));
      await bypass.handler.handleMetric([metricWith({})], fakeCall());
      await flush();
      await backend.requests('HandleMetric');
      await advanceUntil(() => backend.received.length >= 2);
      backend.answers.set('HandleMetric', () => failure(3, 'never'));
      await advanceUntil(() => (bypass.env.measured.get(dropped) ?? 0) > 0);
      const ids = new Set((await backend.requests('HandleMetric')).map((request) => String(request['dedup_id'])));
      assert.equal(ids.size, 1);
      assert.equal(bypass.env.measured.get(dropped), 1);
    });

    it('brings out what waits when it is closed', async () => {
      await bypass.handler.handleMetric([metricWith({})], fakeCall());
      await bypass.close();
      assert.equal((await backend.requests('HandleMetric')).length, 1);
    });

    const dropped = 'delivery_dropped{queue="metrics",reason="rejected"}';
    async function advanceUntil(isThere: () => boolean): Promise<void> {
      for (let round = 0; !isThere(); round += 1) {
        assert.ok(round < 1000, 'it comes about');
        await bypass.env.clock.advance(50);
      }
    }
  });

  it('fails checks at once when there is no backend, and is built all the same', async () => {
    const gone = await BackendServer.start();
    gone.stop();
    const alone = await createBypass(gone.address);
    await assert.rejects(async () => alone.handler.handleCheckNothing(check, fakeCall()), /UNAVAILABLE/);
    await alone.close();
  });

  it('finds a backend again that was away', async () => {
    const first = await BackendServer.start();
    const one = await createBypass(first.address);
    await one.handler.handleCheckNothing(check, fakeCall());
    first.stop();
    await assert.rejects(async () => one.handler.handleCheckNothing(check, fakeCall()));
    const second = await BackendServer.start(first.address);
    for (let round = 0; second.received.length === 0; round += 1) {
      assert.ok(round < 1000, 'it is found');
      await Promise.resolve(one.handler.handleCheckNothing(check, fakeCall())).catch(() => second.turn());
    }
    await one.close();
    second.stop();
  });
});

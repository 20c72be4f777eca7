import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { type CheckResult, defineAdapter, s } from 'fairlead/sdk';
import { listentry, logentry, quota, templates } from 'fairlead/templates';

import { compressAttributes } from '../../src/cli/client/compress-attributes.js';
import { parseResources } from '../../src/config/index.js';
import { CheckRequest, CheckResponse } from '../../src/gen/istio/mixer/v1/check.js';
import {
  ReportRequest,
  ReportRequest_RepeatedAttributesSemantics as Semantics,
} from '../../src/gen/istio/mixer/v1/report.js';
import type { RpcError } from '../../src/mixer/host.js';
import { createMixerService } from '../../src/mixer/service.js';
import { createHost, Runtime } from '../../src/runtime/index.js';
import { Duration } from '../../src/sdk/index.js';
import { MemoryLog } from '../support/memory-log.js';

/** Says of itself whether it answers at once or later, and what. */
const toy = defineAdapter({
  name: 'toy',
  description: 'Answers at once or later.',
  templates: [listentry, logentry, quota],
  config: s.message({ later: s.bool() }),
  build: ({ config }) => {
    const answer = <T>(make: () => T): T | Promise<T> => (config.later ? Promise.resolve().then(make) : make());
    return {
      handleListEntry: ({ value }) =>
        answer((): CheckResult => {
          if (value === 'fail') throw new Error('check failed');
          return { validDuration: Duration.fromSeconds(1), validUseCount: 7 };
        }),
      handleLogEntry: (instances) =>
        answer(() => {
          for (const one of instances) seen.push(one.severity ?? '');
          if (seen.includes('fail')) throw new Error('report failed');
        }),
      handleQuota: (_instance, { amount }) => answer(() => ({ amount: amount / 2n })),
    };
  },
});
let seen: string[] = [];

const config = (later: boolean): string => `
apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: toy, namespace: istio-system}
spec: {compiledAdapter: toy, params: {later: ${later}}}
---
apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: entry, namespace: istio-system}
spec: {compiledTemplate: listentry, params: {value: source.user | ""}}
---
apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: line, namespace: istio-system}
spec: {compiledTemplate: logentry, params: {severity: source.user, timestamp: 'request.time | timestamp("2000-01-01T00:00:00Z")'}}
---
apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: half, namespace: istio-system}
spec: {compiledTemplate: quota, params: {dimensions: {a: '"b"'}}}
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: all, namespace: istio-system}
spec: {actions: [{handler: toy, instances: [entry, line, half]}]}
`;

for (const later of [false, true]) {
  describe(`the Mixer service with adapters that answer ${later ? 'later' : 'at once'}`, async () => {
    const runtime = new Runtime({
      adapters: [toy],
      templates,
      host: createHost({ log: new MemoryLog() }),
    });
    const { resources } = parseResources(config(later), { file: 'c.yaml', defaultNamespace: 'default' });
    assert.deepEqual((await runtime.load(resources)).diagnostics, []);
    const { methods, stats } = createMixerService(runtime);

    const call = (method: string, bytes: Uint8Array): Buffer | Promise<Buffer> => {
      const handler = methods.get(`/istio.mixer.v1.Mixer/${method}`);
      assert.ok(handler);
      const answer = handler(Buffer.from(bytes));
      assert.equal(answer instanceof Promise, later && bytes.length > 0);
      return answer;
    };
    const check = async (user: string, quotas: CheckRequest['quotas'] = {}): Promise<CheckResponse> => {
      const attributes = compressAttributes([['source.user', user]]);
      const request = { attributes, globalWordCount: 0, deduplicationId: '', quotas };
      return CheckResponse.decode(await call('Check', CheckRequest.encode(request).finish()));
    };
    const report = async (
      users: readonly (string | boolean)[],
      semantics = Semantics.INDEPENDENT_ENCODING,
    ): Promise<Buffer> => {
      seen = [];
      const request = {
        attributes: users.map((user) => compressAttributes([['source.user', user]])),
        defaultWords: [],
        globalWordCount: 0,
        repeatedAttributesSemantics: semantics,
      };
      return await call('Report', ReportRequest.encode(request).finish());
    };
    const failure = async (work: () => Promise<unknown>): Promise<[number, string]> => {
      try {
        await work();
      } catch (error) {
        return [(error as RpcError).status, (error as RpcError).details];
      }
      throw new Error('did not fail');
    };

    it('answers a check', async () => {
      const { precondition } = await check('x');
      assert.equal(precondition?.validUseCount, 7);
      assert.equal(precondition.validDuration?.seconds, 1n);
    });
    it('answers quotas', async () => {
      const { quotas } = await check('x', { half: { amount: 10n, bestEffort: true } });
      assert.equal(quotas['half']?.grantedAmount, 5n);
    });
    it('fails a check whose adapter fails, and serves the next', async () => {
      const [status, text] = await failure(() => check('fail'));
      assert.equal(status, 13);
      assert.match(text, /^performing check operation failed: [^]*check failed/);
      assert.equal((await check('x')).precondition?.status?.code, 0);
    });
    it('answers a report, and delivers all sets', async () => {
      assert.equal((await report(['a', 'b', 'c'])).length, 0);
      assert.deepEqual(seen, ['a', 'b', 'c']);
    });
    it('fails a report with UNKNOWN and delivers what is sound', async () => {
      const [status, text] = await failure(() => report(['a', true, 'c']));
      assert.equal(status, 2);
      assert.match(text, /line\.instance\.istio-system/);
      assert.deepEqual(seen, ['a', 'c']);
    });
    it('joins what several sets and the adapter say', async () => {
      const [status, text] = await failure(() => report([true, 'fail']));
      assert.equal(status, 2);
      assert.match(text, /report failed/);
      assert.match(text, /line\.instance\.istio-system/);
    });
    it('counts calls by status', () => {
      assert.deepEqual(
        stats.map(({ method, received }) => [method, received.count > 0]),
        [
          ['istio.mixer.v1.Mixer/Check', true],
          ['istio.mixer.v1.Mixer/Report', true],
        ],
      );
      assert.deepEqual(Object.fromEntries(stats[0]!.completed()), { OK: 3, INTERNAL: 1 });
      assert.deepEqual(Object.fromEntries(stats[1]!.completed()), { OK: 1, UNKNOWN: 2 });
    });
  });
}

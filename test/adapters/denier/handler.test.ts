import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CheckResult } from 'fairlead/sdk';
import { checknothing, listentry, quota } from 'fairlead/templates';
import denier from 'fairlead/adapters/denier';
import { decodeParams, fakeCall, fakeEnv, sampleInstance } from 'fairlead/testing';

async function build(params: string) {
  const { config, problems } = decodeParams(denier, params);
  assert.deepEqual(problems, []);
  const types = { checknothing: new Map(), listentry: new Map(), quota: new Map() };
  return denier.build({ name: 'h.default', config, types, env: fakeEnv() });
}

async function check(params: string): Promise<CheckResult> {
  return (await build(params)).handleCheckNothing(sampleInstance(checknothing), fakeCall());
}

describe('denier', () => {
  test('denies with FAILED_PRECONDITION, 5 s and 1000 uses when nothing is configured', async () => {
    const { status, validDuration, validUseCount } = await check('');
    assert.equal(status?.code, 9);
    assert.equal(status.message, '');
    assert.equal(status.directResponse, undefined);
    assert.equal(validDuration?.toString(), '5s');
    assert.equal(validUseCount, 1000);
  });

  test('keeps the default code when only the message is given', async () => {
    const { status } = await check('status: { message: never }');
    assert.deepEqual([status?.code, status?.message], [9, 'never']);
  });

  test('answers what is configured, to list entries as well', async () => {
    const params = 'status: { code: 7, message: Not allowed }\nvalid_duration: 1.5s\nvalid_use_count: 3';
    const handler = await build(params);
    const denied = await handler.handleCheckNothing(sampleInstance(checknothing), fakeCall());
    assert.equal(await handler.handleListEntry(sampleInstance(listentry), fakeCall()), denied);
    assert.deepEqual([denied.status?.code, denied.status?.message], [7, 'Not allowed']);
    assert.equal(denied.validDuration?.toString(), '1.5s');
    assert.equal(denied.validUseCount, 3);
  });

  test('grants no quota, without saying so in the status', async () => {
    const handler = await build('status: { code: 7 }');
    const args = { amount: 5n, bestEffort: true, deduplicationId: 'a' };
    const { amount, status, validDuration } = await handler.handleQuota(sampleInstance(quota), args, fakeCall());
    assert.deepEqual([amount, status, validDuration?.toString()], [0n, undefined, '0s']);
  });

  test('passes a direct response on', async () => {
    const { status } = await check(`
status:
  code: 16
  details:
    - '@type': type.googleapis.com/istio.policy.v1beta1.DirectHttpResponse
      code: TemporaryRedirect
      body: sign in
      headers: { location: /login, __proto__: x }
`);
    assert.equal(status?.directResponse?.code, 307);
    assert.equal(status.directResponse.body, 'sign in');
    assert.deepEqual(
      [...(status.directResponse.headers ?? [])],
      [
        ['location', '/login'],
        ['__proto__', 'x'],
      ],
    );
  });
});

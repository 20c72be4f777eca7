import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checknothing } from 'fairlead/templates';
import { adapterSuite, decodeParams, fakeCall, FakeClock, fakeEnv, sampleInstance } from 'fairlead/testing';
import hello from '@acme/fairlead-adapter-hello';

adapterSuite({
  test,
  adapter: hello,
  configs: {
    good: ['opens: 0', '{ opens: 8, closes: 20, message: come back later }'],
    bad: [
      { params: 'opens: 25', path: 'opens' },
      { params: 'closes: 9', path: 'closes' },
    ],
  },
  readme: new URL('README.md', import.meta.url),
});

const cases = [
  { at: '2026-01-01T08:59:59Z', code: 7, valid: '1s' },
  { at: '2026-01-01T09:00:00Z', code: 0, valid: '1h0m0s' },
  { at: '2026-01-01T16:30:00Z', code: 0, valid: '30m0s' },
  { at: '2026-01-01T17:00:00Z', code: 7, valid: '1h0m0s' },
];
for (const { at, code, valid } of cases) {
  test(`answers ${code} at ${at}, good for ${valid}`, async () => {
    const env = fakeEnv({ clock: new FakeClock(Date.parse(at)) });
    const { config } = decodeParams(hello, '');
    const handler = await hello.build({ config, env, types: { checknothing: new Map() } });
    const { status, validDuration } = await handler.handleCheckNothing(sampleInstance(checknothing), fakeCall(env));
    assert.equal(status?.code, code);
    assert.equal(validDuration?.toString(), valid);
  });
}

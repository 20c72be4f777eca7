import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type DeepPartial, Fault } from '../../../src/gen/fairlead/proxy/v1/route.js';
import { compileFault } from '../../../src/proxy/routing/fault.js';

const compile = (fault: DeepPartial<Fault>) => compileFault(Fault.fromPartial(fault));
const delay = { seconds: 0n, nanos: 7_000_000 };

describe('faults', () => {
  it('delay a share of requests', () => {
    const fault = compile({ delay, delayed: { perMillion: 100_000 } })!;
    assert.equal(
      fault.delayMillis(() => 0.099_999),
      7,
    );
    assert.equal(
      fault.delayMillis(() => 0.1),
      undefined,
    );
    assert.equal(
      fault.abort(() => 0),
      undefined,
    );
  });

  it('abort a share of requests', () => {
    const fault = compile({ abortCode: 500, aborted: { perMillion: 500_000 } })!;
    assert.deepEqual(
      fault.abort(() => 0.4),
      { status: 500, body: 'fault filter abort', flag: 'FI', details: 'fault_filter_abort' },
    );
    assert.equal(
      fault.abort(() => 0.5),
      undefined,
    );
  });

  it('hit everything at 100 percent and nothing when no share is given', () => {
    const all = compile({ abortCode: 500, aborted: { perMillion: 1_000_000 } })!;
    assert.equal(all.abort(() => 0.999_999_9)?.status, 500);
    assert.equal(compile({ abortCode: 500 }), undefined);
    assert.equal(compile({ delay }), undefined);
    assert.equal(compileFault(undefined), undefined);
  });
});

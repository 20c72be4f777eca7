import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Handler, Template } from 'fairlead/sdk';
import { checknothing, kubernetes, metric, quota } from 'fairlead/templates';
import { fakeCall, sampleInstance } from 'fairlead/testing';
import { callHandler, methodName } from '../../../src/testing/suite/call-handler.js';

const args = { amount: 1n, bestEffort: false, deduplicationId: 'a' };
const call = fakeCall();

/** What the method of a template is called with. */
async function argumentsFor(template: Template): Promise<unknown> {
  const handler = { [methodName(template)]: (...received: unknown[]) => received } as unknown as Handler;
  return callHandler(handler, template, { instance: sampleInstance(template), args, call });
}

describe('callHandler()', () => {
  test('calls as the variety has it', async () => {
    assert.deepEqual(await argumentsFor(checknothing), [sampleInstance(checknothing), call]);
    assert.deepEqual(await argumentsFor(metric), [[sampleInstance(metric)], call]);
    assert.deepEqual(await argumentsFor(quota), [sampleInstance(quota), args, call]);
    assert.deepEqual(await argumentsFor(kubernetes), [sampleInstance(kubernetes), call]);
  });

  test('turns a throw into a rejection', async () => {
    const handler = {
      handleCheckNothing: () => {
        throw new Error('no');
      },
    } as unknown as Handler;
    await assert.rejects(
      callHandler(handler, checknothing, { instance: sampleInstance(checknothing), args, call }),
      /no/,
    );
  });
});

describe('methodName()', () => {
  test('is handle and the display name, or generate and Attributes around it', () => {
    assert.equal(methodName(metric), 'handleMetric');
    assert.equal(methodName(kubernetes), 'generateKubernetesAttributes');
  });
});

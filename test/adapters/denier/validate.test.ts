import assert from 'node:assert/strict';
import { it } from 'node:test';
import { decodeParams } from 'fairlead/testing';
import denier from '../../../src/adapters/denier/index.js';
import { validateConfig } from '../../../src/adapters/denier/validate.js';

function problems(yaml: string): string[] {
  const { config } = decodeParams(denier, yaml);
  const found: string[] = [];
  validateConfig(config, (path, message) => found.push(`${path} ${message}`));
  return found;
}

const direct = "'@type': type.googleapis.com/istio.policy.v1beta1.DirectHttpResponse";

it('takes the defaults, and zeros', () => {
  assert.deepEqual(problems(''), []);
  assert.deepEqual(problems('validDuration: 0s\nvalidUseCount: 0'), []);
});

it('refuses a negative duration and a negative use count, which would turn each denial into a failure', () => {
  assert.deepEqual(problems('validDuration: -1s\nvalidUseCount: -1'), [
    'validDuration must not be negative',
    'validUseCount must not be negative',
  ]);
});

it('says which header must be quoted', () => {
  assert.deepEqual(problems(`status: { details: [{ ${direct}, headers: { a: b, retry-after: 30 } }] }`), [
    "status.details[0].headers must map header names to strings: quote the value of 'retry-after'",
  ]);
});

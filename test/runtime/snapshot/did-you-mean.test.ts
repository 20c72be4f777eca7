import assert from 'node:assert/strict';
import { it } from 'node:test';
import { didYouMean } from '../../../src/runtime/snapshot/did-you-mean.js';

it('didYouMean names the likely one, or all when none is likely', () => {
  assert.equal(didYouMean('denyer', ['denier', 'stdio']), '; did you mean denier?');
  assert.equal(didYouMean('redis', ['denier', 'stdio']), '; known are denier, stdio');
});

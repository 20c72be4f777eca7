import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { safeRegex } from '../../../../src/pilot/build/envoy/regex.js';

// What Envoy 1.40 said to them with `--mode validate`.
const taken = ['^.*\\.png$', '[\\w.-]{16}', '(?i)[a-z]{45}', 'é{40}', '[é]{40}', '(\\d+\\.){3}\\d+', '\\x{ff}', '(?:)'];
const refused = [
  '[a-z]{98}',
  '[a-zA-Z0-9_.-]{1,20}',
  '([^/]+/){20}x',
  '\\pL{14}',
  '(?:\\pL\\pN){300}',
  '\\x{100}',
  '[^\\x00-\\x{10FFFF}]',
  'a**',
  '.*{3}',
  '(',
];

describe('regular expressions for Envoy', () => {
  for (const regex of taken) {
    it(`are passed on as they are: ${regex}`, () => {
      assert.deepEqual(safeRegex(regex), { regex });
    });
  }

  for (const regex of refused) {
    it(`are none where Envoy would refuse them: ${regex}`, () => {
      assert.equal(safeRegex(regex), undefined);
    });
  }

  it('match nothing but nothing where nothing is said', () => {
    assert.deepEqual(safeRegex(''), { regex: '^$' });
  });
});

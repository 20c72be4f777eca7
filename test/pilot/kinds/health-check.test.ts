import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseHealthCheck } from '../../../src/pilot/kinds/health-check.js';

function shown(text: string): readonly unknown[] {
  const check = parseHealthCheck(text);
  assert(check !== undefined);
  const { path, interval, timeout, healthyThreshold, unhealthyThreshold } = check;
  return [path, interval?.toMillis(), timeout?.toMillis(), healthyThreshold, unhealthyThreshold];
}

describe('the annotation for health checks', () => {
  it('is YAML over several lines, or JSON', () => {
    const want = ['/health', 5000, 500, 2, 0];
    const yaml = 'path: /health\ninterval: 5s\ntimeout: 500ms\nhealthyThreshold: 2\n';
    assert.deepEqual(shown(yaml), want);
    const json = '{"path": "/health", "interval": "5s", "timeout": "500ms", "healthyThreshold": 2}';
    assert.deepEqual(shown(json), want);
  });

  it('asks for / where it says nothing', () => {
    assert.deepEqual(shown(''), ['/', undefined, undefined, 0, 0]);
  });

  for (const text of [
    'path=/health',
    '[1]',
    '{ path: health }',
    '{ paht: /health }',
    '{ interval: -1s }',
    '{ timeout: 0s }',
    '{ healthyThreshold: -1 }',
    '{ interval: soon }',
    '}\n---\nkind: Other',
    'a: &a [*a]',
  ]) {
    it(`is nothing when it says ${JSON.stringify(text)}`, () => {
      assert.equal(parseHealthCheck(text), undefined);
    });
  }
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import rbac from 'fairlead/adapters/rbac';
import { decodeParams } from 'fairlead/testing';

function validate(params: string): readonly string[] {
  const found: string[] = [];
  rbac.validate?.(decodeParams(rbac, params).config, (path, _message, severity = 'error') => {
    found.push(`${severity} ${path}`);
  });
  return found;
}

describe('validateConfig', () => {
  const table: Readonly<Record<string, readonly string[]>> = {
    '': [],
    'configStoreUrl: k8s://': [],
    'configStoreUrl: fs:///etc/roles': ['warning configStoreUrl'],
    'configStoreUrl: roles': ['error configStoreUrl'],
    'configStoreUrl: ""': ['error configStoreUrl'],
    'cacheDuration: 0s': [],
    'cacheDuration: -1ns': ['error cacheDuration'],
  };
  for (const [params, found] of Object.entries(table)) {
    it(`says ${found.join() || 'nothing'} about { ${params} }`, () => {
      assert.deepEqual(validate(params), found);
    });
  }
});

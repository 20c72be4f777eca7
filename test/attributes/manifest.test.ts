import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { standardManifest, valueTypes } from '../../src/attributes/index.js';

const original = new URL('../../../shared/istio-samples/mixer/testdata/config/attributes.yaml', import.meta.url);

describe('standardManifest', () => {
  it('names each attribute once, with a type', () => {
    assert.equal(new Set(standardManifest.map(([name]) => name)).size, standardManifest.length);
    for (const [name, type] of standardManifest) {
      assert.match(name, /^[a-z][A-Za-z_.]+$/);
      assert.ok(valueTypes.includes(type));
    }
  });

  it('holds all that the original configuration declares', { skip: !existsSync(original) }, () => {
    const known = new Map(standardManifest);
    let count = 0;
    for (const document of parseAllDocuments(readFileSync(original, 'utf8'))) {
      const resource = document.toJS() as {
        spec?: { attributes?: Record<string, { valueType?: string; value_type?: string }> };
      };
      for (const [name, info] of Object.entries(resource.spec?.attributes ?? {})) {
        assert.equal(known.get(name), info.valueType ?? info.value_type, name);
        count++;
      }
    }
    assert.ok(count > 80);
  });

  it('holds what only the Helm chart declares', () => {
    const known = new Map(standardManifest);
    assert.equal(known.get('context.proxy_version'), 'STRING');
    assert.equal(known.get('source.metadata'), 'STRING_MAP');
  });
});

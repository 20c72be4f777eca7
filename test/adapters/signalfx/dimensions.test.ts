import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cleanName, dimensionsOf } from '../../../src/adapters/signalfx/dimensions.js';
import type { Value } from '../../../src/sdk/index.js';
import { metric } from '../../../src/templates/index.js';
import { sampleInstance } from '../../../src/testing/index.js';

const bare = { monitoredResourceType: '', monitoredResourceDimensions: {}, dimensions: {} };

describe('dimensionsOf()', () => {
  it('has the dimensions and the monitored resource as texts', () => {
    const dimensions = { code: 200n, ip: Uint8Array.of(10, 0, 0, 7), ok: false, none: '', absent: undefined as never };
    const instance = sampleInstance(metric, {
      dimensions,
      monitoredResourceType: 'pod',
      monitoredResourceDimensions: { zone: 'eu', 'k8s.io/pod': 'a' },
    });
    assert.deepEqual(Object.fromEntries(dimensionsOf(instance)), {
      code: '200',
      ip: '10.0.0.7',
      ok: 'false',
      monitored_resource_type: 'pod',
      monitored_resource_zone: 'eu',
      monitored_resource_k8s_io_pod: 'a',
    });
  });

  it('has no resource when there is none', () => {
    assert.equal(dimensionsOf(sampleInstance(metric, bare)).size, 0);
  });

  it('takes any name for a name, and cuts long texts', () => {
    const dimensions = Object.create(null) as Record<string, Value>;
    Object.defineProperty(dimensions, '__proto__', { value: 'é'.repeat(2 ** 20), enumerable: true });
    const read = dimensionsOf(sampleInstance(metric, { ...bare, dimensions }));
    assert.equal(read.get('__proto__'), 'é'.repeat(256));
  });
});

describe('cleanName()', () => {
  it('keeps letters, digits, underscores and hyphens', () => {
    assert.equal(cleanName('größe_1-a.b/c d'), 'größe_1-a_b_c_d');
    assert.equal(cleanName('a'.repeat(200)).length, 128);
  });
});

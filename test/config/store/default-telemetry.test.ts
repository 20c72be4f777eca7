import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { resourceKey } from '../../../src/config/index.js';
import { loadDefaultTelemetry, telemetryParts, usualTelemetry } from '../../../src/config/store/default-telemetry.js';

const named = async (...args: Parameters<typeof loadDefaultTelemetry>): Promise<string[]> =>
  (await loadDefaultTelemetry(...args)).resources.map(({ kind, name }) => `${kind} ${name}`);

describe('loadDefaultTelemetry()', () => {
  it('gives the parts that are asked for, under the names that Mixer gave them', async () => {
    assert.deepEqual(await named([], 'istio-system'), []);
    assert.deepEqual(await named(['kubernetes'], 'istio-system'), [
      'handler kubernetesenv',
      'rule kubeattrgenrulerule',
      'instance attributes',
    ]);
    assert.deepEqual(await named(['accesslog'], 'istio-system'), [
      'handler stdio',
      'instance accesslog',
      'instance tcpaccesslog',
      'rule stdio',
      'rule stdiotcp',
    ]);
    assert.deepEqual(
      (await named(['metrics'], 'istio-system')).filter((one) => !one.startsWith('instance')),
      [
        'handler prometheus',
        'rule promhttp',
        'rule promtcp',
        'rule promtcpconnectionopen',
        'rule promtcpconnectionclosed',
      ],
    );
    assert.equal((await named(usualTelemetry, 'istio-system')).length, 16);
  });

  it('finds nothing wrong with them, and nothing given twice', async () => {
    const { resources, diagnostics } = await loadDefaultTelemetry(telemetryParts, 'istio-system');
    assert.deepEqual(diagnostics, []);
    assert.equal(new Set(resources.map(resourceKey)).size, 21);
  });

  it('moves them to another namespace, with the names of the instances that the handler counts', async () => {
    const { resources } = await loadDefaultTelemetry(['metrics'], 'mesh');
    assert.deepEqual([...new Set(resources.map(({ namespace }) => namespace))], ['mesh']);
    const text = inspect(resources, { depth: null });
    assert.match(text, /'requestcount\.instance\.mesh'/);
    assert.doesNotMatch(text, /istio-system/);
  });
});

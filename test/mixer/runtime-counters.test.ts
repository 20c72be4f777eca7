import assert from 'node:assert/strict';
import { it } from 'node:test';

import { renderCounters } from '../../src/mixer/runtime-counters.js';
import type { RuntimeCounters } from '../../src/runtime/index.js';

it('renderCounters() writes gauges, one a variety where there are several', () => {
  const counters = {
    mixer_config_attributes_total: 5,
    mixer_dispatcher_destinations_per_variety_total: { A: 1, B: 0 },
  } as unknown as RuntimeCounters;
  assert.deepEqual(
    renderCounters(counters)
      .split('\n')
      .filter((line) => !line.startsWith('# HELP')),
    [
      '# TYPE mixer_config_attributes_total gauge',
      'mixer_config_attributes_total 5',
      '# TYPE mixer_dispatcher_destinations_per_variety_total gauge',
      'mixer_dispatcher_destinations_per_variety_total{variety="A"} 1',
      'mixer_dispatcher_destinations_per_variety_total{variety="B"} 0',
      '',
    ],
  );
});

import type { RuntimeCounters } from '../runtime/index.js';
import { MetricsText } from './metrics-text.js';

const help = 'State of the newest configuration.';

/** The numbers about the newest configuration, under Mixer's names (mixer-core.md 6.11). */
export function renderCounters(counters: RuntimeCounters): string {
  const text = new MetricsText();
  for (const [name, value] of Object.entries(counters) as [string, number | Readonly<Record<string, number>>][]) {
    if (typeof value === 'number') {
      text.sample(name, value, { type: 'gauge', help });
      continue;
    }
    for (const [variety, count] of Object.entries(value)) {
      text.sample(name, count, { type: 'gauge', help, labels: { variety } });
    }
  }
  return text.toString();
}

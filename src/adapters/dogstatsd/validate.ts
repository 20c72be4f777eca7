import type { ReportProblem } from 'fairlead/sdk';
import { parseAddress } from 'fairlead/sdk/statsd';
import type { DogstatsdConfig } from './config.js';
import { breaksName } from './text.js';

/** Finds what the schema cannot: an address that is none, values out of range, names that break lines. */
export function validateConfig(config: DogstatsdConfig, report: ReportProblem): void {
  if (parseAddress(config.address) === undefined) report('address', 'must be host:port');
  if (breaksName(config.prefix)) report('prefix', 'must not have colons, bars or control characters');
  if (config.bufferLength < 0) report('bufferLength', 'must be >= 0');
  if (!(config.sampleRate >= 0 && config.sampleRate <= 1)) report('sampleRate', 'must be between 0 and 1');
  else if (config.sampleRate === 0) report('sampleRate', 'is 0: nothing is sent', 'warning');
  for (const [instance, { name, type }] of config.metrics) {
    const path = `metrics[${JSON.stringify(instance)}]`;
    if (type === 'UNKNOWN_TYPE') report(`${path}.type`, 'must be COUNTER, GAUGE or DISTRIBUTION');
    if (breaksName(name)) report(`${path}.name`, 'must not have colons, bars or control characters');
  }
}

import type { ReportProblem } from 'fairlead/sdk';
import { parseAddress } from 'fairlead/sdk/statsd';
import { parseTemplate } from 'fairlead/sdk/gotemplate';
import type { StatsdConfig } from './config.js';
import { breaksLine } from './line.js';

/** Smaller rates would be written as 0, which servers divide by. */
const leastRate = 0.000001;
const maxPacket = 65_507;

/** Finds what the schema cannot: an address that is none, values out of range, templates that do not parse. */
export function validateConfig(config: StatsdConfig, report: ReportProblem): void {
  if (parseAddress(config.address) === undefined) report('address', 'must be host:port');
  if (breaksLine(config.prefix)) report('prefix', 'must not have colons, bars or control characters');
  if (config.flushDuration.toNanos() < 0n) report('flushDuration', 'must be >= 0');
  if (config.flushBytes < 0) report('flushBytes', 'must be >= 0');
  if (config.flushBytes > maxPacket) report('flushBytes', `must be at most ${maxPacket}, the largest packet there is`);
  validateRate(config.samplingRate, report);
  for (const [name, { type, nameTemplate }] of config.metrics) {
    const path = `metrics[${JSON.stringify(name)}]`;
    if (type === 'UNKNOWN') report(`${path}.type`, 'is UNKNOWN: nothing can be recorded', 'warning');
    for (const { line, column, message } of parseTemplate(nameTemplate).problems ?? []) {
      report(`${path}.nameTemplate`, `${message} (line ${line}, column ${column})`);
    }
  }
}

function validateRate(rate: number, report: ReportProblem): void {
  if (!(rate >= 0)) report('samplingRate', 'must be >= 0');
  else if (rate === 0) report('samplingRate', 'is 0: nothing is sent', 'warning');
  else if (rate < leastRate) report('samplingRate', 'must be 0 or at least 0.000001');
}

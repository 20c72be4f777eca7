import type { ReportProblem } from 'fairlead/sdk';
import type { CirconusConfig } from './config.js';

/** Finds what the schema cannot (adapters.md 4.10). */
export function validate({ submissionUrl, submissionInterval, metrics }: CirconusConfig, report: ReportProblem): void {
  if (!isHttpUrl(submissionUrl)) report('submissionUrl', 'must be the http or https URL of an HTTPTrap check');
  if (submissionInterval.toMillis() < 1000) report('submissionInterval', 'must be at least 1s');
  const seen = new Set<string>();
  for (const [index, { name, type }] of metrics.entries()) {
    if (name === '') report(`metrics[${index}].name`, 'must name a metric instance');
    else if (seen.has(name)) report(`metrics[${index}].name`, `"${name}" is there already`);
    if (type === 'UNKNOWN') report(`metrics[${index}].type`, 'must be COUNTER, GAUGE or DISTRIBUTION');
    seen.add(name);
  }
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

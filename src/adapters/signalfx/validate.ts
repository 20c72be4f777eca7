import type { ReportProblem } from 'fairlead/sdk';
import type { SignalfxConfig } from './config.js';

const maxSeriesLimit = 100_000;
/** What a header can hold. */
const token = /^[\x21-\x7e]+$/;

/** Finds what the schema cannot (adapters.md 4.12). */
export function validate(config: SignalfxConfig, report: ReportProblem): void {
  const { accessToken, ingestUrl, tracingBufferSize, tracingSampleProbability: probability } = config;
  if (accessToken === '') report('accessToken', 'must not be empty');
  // It is a secret: it is not shown.
  else if (!token.test(accessToken)) report('accessToken', 'has a character that no token has');
  if (ingestUrl !== '' && !isBaseUrl(ingestUrl)) report('ingestUrl', 'must be an http or https URL without a query');
  if (config.enableMetrics) validateMetrics(config, report);
  if (tracingBufferSize <= 0) report('tracingBufferSize', 'must be greater than 0');
  if (!(probability >= 0 && probability <= 1)) report('tracingSampleProbability', 'must be between 0 and 1');
}

function validateMetrics({ metrics, datapointInterval, maxSeries }: SignalfxConfig, report: ReportProblem): void {
  if (metrics.length === 0) report('metrics', 'must not be empty when metrics are enabled');
  if (intervalSeconds(datapointInterval.toMillis()) < 1) report('datapointInterval', 'must be at least 1s');
  if (maxSeries < 1 || maxSeries > maxSeriesLimit) report('maxSeries', `must be between 1 and ${maxSeriesLimit}`);
  const seen = new Set<string>();
  for (const [index, { name, type }] of metrics.entries()) {
    if (name.trim() === '') report(`metrics[${index}].name`, 'must name a metric instance');
    else if (seen.has(name)) report(`metrics[${index}].name`, `"${name}" is there already`);
    if (type === 'NONE') report(`metrics[${index}].type`, 'must be COUNTER or HISTOGRAM');
    seen.add(name);
  }
}

/** An interval in whole seconds, as Mixer rounds it. */
export function intervalSeconds(millis: number): number {
  return Math.round(millis / 1000);
}

function isBaseUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && search === '' && hash === '';
}

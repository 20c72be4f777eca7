import type { ReportProblem } from 'fairlead/sdk';
import type { SolarwindsConfig } from './config.js';
import { findTemplateProblems } from './payload.js';
import { parsePapertrailUrl, parseReceiver } from './receiver.js';

/** Of AppOptics. */
const maxTags = 50;

/** Finds what the schema cannot (adapters.md 4.11). */
export function validate(config: SolarwindsConfig, report: ReportProblem): void {
  const { appopticsBatchSize, appopticsUrl, papertrailUrl, papertrailAddress } = config;
  if (appopticsBatchSize < 0 || appopticsBatchSize > 1000) report('appopticsBatchSize', 'must be between 0 and 1000');
  if (!isHttpUrl(appopticsUrl)) report('appopticsUrl', 'must be an http or https URL');
  if (papertrailUrl !== '' && parsePapertrailUrl(papertrailUrl) === undefined) {
    report('papertrailUrl', 'must be like logs5.papertrailapp.com:12345');
  }
  if (papertrailAddress !== '' && parseReceiver(papertrailAddress) === undefined) {
    report('papertrailAddress', 'must be host:port');
  }
  validateMetrics(config, report);
  validateLogs(config, report);
}

function validateMetrics({ metrics, appopticsAccessToken }: SolarwindsConfig, report: ReportProblem): void {
  if (metrics.size > 0 && appopticsAccessToken === '') {
    report('appopticsAccessToken', 'is empty: metrics are dropped', 'warning');
  }
  for (const [name, { labelNames }] of metrics) {
    const path = `metrics[${JSON.stringify(name)}].labelNames`;
    if (labelNames.length > maxTags) report(path, `must be ${maxTags} at most`);
    if (labelNames.length === 0) report(path, 'is empty: AppOptics wants at least one tag', 'warning');
  }
}

function validateLogs({ logs, papertrailUrl, papertrailAddress }: SolarwindsConfig, report: ReportProblem): void {
  if (logs.size > 0 && papertrailUrl === '' && papertrailAddress === '') {
    report('papertrailUrl', 'is empty: logs are dropped', 'warning');
  }
  for (const [name, { payloadTemplate }] of logs) {
    for (const { line, column, message } of findTemplateProblems(payloadTemplate)) {
      report(`logs[${JSON.stringify(name)}].payloadTemplate`, `${line}:${column}: ${message}`);
    }
  }
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

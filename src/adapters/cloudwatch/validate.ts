import type { ReportProblem } from 'fairlead/sdk';
import type { CloudwatchConfig } from './config.js';
import { parsePayload } from './log-event.js';

const namespaceText = /^(?!:)[\x20-\x7e]{1,255}$/;
const groupName = /^[-._/#A-Za-z0-9]{1,512}$/;
const streamName = /^[^:*]{1,512}$/;

/** Finds what the schema cannot (adapters.md 4.9). What is only for metrics, or only for logs, may be left out with them. */
export function validate(config: CloudwatchConfig, report: ReportProblem): void {
  const { namespace, metricInfo, metricsPerCall, logs, endpoint } = config;
  if (namespace !== '' || metricInfo.size > 0 || logs.size === 0) validateNamespace(namespace, report);
  if (metricsPerCall < 1 || metricsPerCall > 1000) report('metricsPerCall', 'must be 1 to 1000');
  validateStream(config, report);
  for (const [name, { payloadTemplate }] of logs) {
    for (const { line, column, message } of parsePayload(payloadTemplate).problems ?? []) {
      report(`logs[${JSON.stringify(name)}].payloadTemplate`, `${line}:${column}: ${message}`);
    }
  }
  if (endpoint !== '' && !isHttpUrl(endpoint)) report('endpoint', 'must be an http or https URL');
}

function validateStream({ logs, logGroupName, logStreamName }: CloudwatchConfig, report: ReportProblem): void {
  if ((logs.size > 0 || logGroupName !== '') && !groupName.test(logGroupName)) {
    report('logGroupName', 'must be the name of a log group');
  }
  if ((logs.size > 0 || logStreamName !== '') && !streamName.test(logStreamName)) {
    report('logStreamName', 'must be the name of a log stream');
  }
}

function validateNamespace(namespace: string, report: ReportProblem): void {
  if (namespace === '') report('namespace', 'must be given');
  else if (!namespaceText.test(namespace) || namespace.trim() === '') {
    report('namespace', 'must be the name of a namespace of metrics');
  } else if (namespace.startsWith('AWS/')) report('namespace', 'must not begin with AWS/, which is for AWS itself');
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

import type { InstanceTypes, ReportProblem } from 'fairlead/sdk';
import type { logentry, metric } from 'fairlead/templates';
import type { CloudwatchConfig } from './config.js';
import { isDimensionName, maxDimensions } from './datum.js';
import { isUnitOfTime } from './number.js';
import { tryPayload } from './sample-event.js';

type Types = InstanceTypes<typeof metric | typeof logentry>;

const valueTypes: ReadonlySet<string> = new Set(['STRING', 'INT64', 'DOUBLE', 'DURATION']);
const metricName = /^(?!:)[\x20-\x7e]{1,255}$/;

/** Finds metrics and log entries that CloudWatch or the configuration cannot take, and entries that nothing is sent for. */
export function validateTypes(config: CloudwatchConfig, types: Types, report: ReportProblem): void {
  const { metricInfo, logs } = config;
  validateMetrics(config, types.metric, report);
  for (const name of metricInfo.keys()) {
    if (!types.metric.has(name)) report(pathOf('metricInfo', name), 'no rule sends this metric', 'warning');
  }
  validateLogs(config, types.logentry, report);
  for (const name of logs.keys()) {
    if (!types.logentry.has(name)) report(pathOf('logs', name), 'no rule sends this log entry', 'warning');
  }
}

function validateMetrics({ metricInfo }: CloudwatchConfig, types: Types['metric'], report: ReportProblem): void {
  for (const [name, { value, dimensions }] of types) {
    const unit = metricInfo.get(name)?.unit;
    if (unit === undefined) {
      report('metricInfo', `no entry for ${name}`);
      continue;
    }
    const path = pathOf('metricInfo', name);
    if (!metricName.test(name)) report(path, 'cannot be the name of a metric');
    if (!valueTypes.has(value)) report(path, `values of type ${value} are not supported`);
    if (value === 'DURATION' && !isUnitOfTime(unit)) {
      report(`${path}.unit`, 'a duration needs the unit Seconds, Milliseconds or Microseconds');
    }
    const names = Object.keys(dimensions);
    if (names.length > maxDimensions) report(path, `a metric can have ${maxDimensions} dimensions at most`);
    for (const bad of names.filter((one) => !isDimensionName(one))) {
      report(path, `${JSON.stringify(bad)} cannot be the name of a dimension`);
    }
  }
}

function validateLogs({ logs }: CloudwatchConfig, types: Types['logentry'], report: ReportProblem): void {
  for (const [name, { variables }] of types) {
    const entry = logs.get(name);
    if (entry === undefined) report('logs', `no entry for ${name}: it is not sent`, 'warning');
    const path = entry === undefined ? 'logs' : pathOf('logs', name);
    if (Object.keys(variables).length === 0) report(path, `${name} has no variables, and a log entry needs some`);
    const problem = entry && tryPayload(entry.payloadTemplate, variables);
    if (problem !== undefined) report(`${path}.payloadTemplate`, problem, 'warning');
  }
}

function pathOf(field: 'metricInfo' | 'logs', name: string): string {
  return `${field}[${JSON.stringify(name)}]`;
}

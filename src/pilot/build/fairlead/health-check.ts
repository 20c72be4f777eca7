import type { HealthCheck } from '../../../gen/fairlead/proxy/v1/cluster.js';
import { healthCheckAnnotation, parseHealthCheck } from '../../kinds/health-check.js';
import type { MergedRule } from '../../model/destination-rules.js';
import { durationOf } from './duration.js';

/** The health check that an annotation of a DestinationRule asks for; a broken one is told of when the rule is read. */
export function buildHealthCheck(rule: MergedRule | undefined): HealthCheck | undefined {
  const config = rule?.configs.find(({ annotations }) => annotations.has(healthCheckAnnotation));
  const text = config?.annotations.get(healthCheckAnnotation);
  const check = text === undefined ? undefined : parseHealthCheck(text);
  if (check === undefined) return undefined;
  const { path, interval, timeout, healthyThreshold, unhealthyThreshold } = check;
  return {
    path,
    interval: durationOf(interval),
    timeout: durationOf(timeout),
    healthyThreshold,
    unhealthyThreshold,
  };
}

import { type Infer, s } from '../../util/schema.js';
import { checkHost, checkLabel } from './checks/host.js';
import { forEach } from './checks/path.js';
import { findRepeated } from './checks/repeated.js';
import { checkExportTo, checkLabels } from './checks/text.js';
import { textMap, texts } from './fields.js';
import { healthCheckAnnotation, parseHealthCheck } from './health-check.js';
import { type Findings, type Kind, networking } from './kind.js';
import { checkTrafficPolicy, trafficPolicy } from './traffic-policy.js';

const subset = s.message({ name: s.string(), labels: textMap(), trafficPolicy: s.optional(trafficPolicy) });
export type Subset = Infer<typeof subset>;

const schema = s.message({
  host: s.string('', 'The service that is meant, or a wildcard.'),
  trafficPolicy: s.optional(trafficPolicy),
  subsets: s.list(subset),
  exportTo: texts(),
});
export type DestinationRule = Infer<typeof schema>;

/** How a service is called: subsets of it, load balancing, limits, TLS (mesh.md 2.2). */
export const destinationRule: Kind<DestinationRule> = {
  kind: 'DestinationRule',
  ...networking,
  schema,
  validate,
  annotations: new Map([[healthCheckAnnotation, checkHealthCheck]]),
};

function checkHealthCheck(text: string): string | undefined {
  if (parseHealthCheck(text) !== undefined) return undefined;
  return `must have path, interval, timeout, healthyThreshold or unhealthyThreshold as YAML, not ${JSON.stringify(text)}`;
}

function validate(spec: DestinationRule, findings: Findings): void {
  if (spec.host === '') findings.invalid('host', 'must be set');
  else checkHost(findings, 'host', spec.host);
  if (spec.trafficPolicy !== undefined) checkTrafficPolicy(findings, 'trafficPolicy', spec.trafficPolicy);
  forEach('subsets', spec.subsets, (path, one) => {
    if (one.name === '') findings.invalid(`${path}.name`, 'must be set');
    else checkLabel(findings, `${path}.name`, one.name);
    checkLabels(findings, `${path}.labels`, one.labels);
    if (one.trafficPolicy !== undefined) checkTrafficPolicy(findings, `${path}.trafficPolicy`, one.trafficPolicy);
  });
  findRepeated(
    spec.subsets,
    ({ name }) => name,
    (index, name) =>
      findings.warn(`subsets[${index}].name`, `the subset "${name}" is given twice; the first one counts`),
  );
  checkExportTo(findings, 'exportTo', spec.exportTo);
}

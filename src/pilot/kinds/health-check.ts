import { decodeSpec, parseResources } from '../../config/index.js';
import { type Infer, s } from '../../util/schema.js';
import { maybeDuration } from './fields.js';

/** The annotation of a DestinationRule that asks for active health checks. */
export const healthCheckAnnotation = 'fairlead.dev/health-check';

const schema = s.message({
  path: s.string('/'),
  interval: maybeDuration(),
  timeout: maybeDuration(),
  healthyThreshold: s.int32(),
  unhealthyThreshold: s.int32(),
});
export type HealthCheckSpec = Infer<typeof schema>;

/** Reads the annotation, which is YAML or JSON. Undefined when the text says something that no health check has. */
export function parseHealthCheck(text: string): HealthCheckSpec | undefined {
  const indented = text.split('\n').map((line) => `  ${line}`);
  const document = ['kind: HealthCheck', 'metadata: { name: annotation }', 'spec:', ...indented].join('\n');
  const { resources, diagnostics } = parseResources(document, { defaultNamespace: 'default' });
  const [resource] = resources;
  if (resource === undefined || resources.length > 1 || diagnostics.length > 0) return undefined;
  const { value, diagnostics: found } = decodeSpec(resource, schema);
  const { path, interval, timeout, healthyThreshold, unhealthyThreshold } = value;
  const isPositive = [interval, timeout].every((duration) => duration === undefined || duration.toNanos() > 0n);
  if (found.length > 0 || !isPositive || Math.min(healthyThreshold, unhealthyThreshold) < 0) return undefined;
  return path.startsWith('/') ? value : undefined;
}

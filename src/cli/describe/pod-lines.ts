import { describeWorkload, type Workload } from '../../pilot/index.js';
import { type Describing, labelText, serviceLines } from './service-lines.js';

/** Describes a pod, or the pods that a manifest makes, and each of its services. */
export function podLines(workload: Workload, describing: Describing): readonly string[] {
  const { services, sidecar, gateways } = describeWorkload(describing.mesh, workload);
  const { kind, name, namespace, labels } = workload;
  return [
    `${kind}: ${name}.${namespace}`,
    `   Labels: ${labelText(labels)}`,
    ...(labels.has('app') ? [] : ['   Warning: without the label "app" telemetry has no name for it']),
    ...(labels.has('version') ? [] : ['   Warning: without the label "version" it is in no subset by version']),
    ...(sidecar === undefined ? [] : [`Sidecar: ${sidecar.name}.${sidecar.namespace}`]),
    ...gateways.map((gateway) => `Serves the Gateway: ${gateway.name}.${gateway.namespace}`),
    ...(services.length === 0 ? ['   Warning: no service selects it'] : []),
    ...services.flatMap((service) => serviceLines(service, { ...describing, workload })),
  ];
}

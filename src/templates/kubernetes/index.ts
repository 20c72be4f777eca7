import { defineTemplate, f } from 'fairlead/sdk';

/**
 * Looks up the pods at both ends of a request. Users name its outputs in snake case: `$out.source_pod_ip`, which
 * stands for the attribute `adapter_template_kubernetes.output.source_pod_ip`.
 */
export const kubernetes = defineTemplate({
  name: 'kubernetes',
  variety: 'ATTRIBUTE_GENERATOR',
  displayName: 'Kubernetes',
  fields: {
    sourceUid: f.string,
    sourceIp: f.ipAddress,
    destinationUid: f.string,
    destinationIp: f.ipAddress,
    destinationPort: f.int64,
  },
  output: {
    sourcePodUid: f.string,
    sourcePodIp: f.ipAddress,
    sourcePodName: f.string,
    sourceLabels: f.stringMap,
    sourceNamespace: f.string,
    sourceServiceAccountName: f.string,
    sourceHostIp: f.ipAddress,
    sourceWorkloadUid: f.string,
    sourceWorkloadName: f.string,
    sourceWorkloadNamespace: f.string,
    sourceOwner: f.string,
    destinationPodUid: f.string,
    destinationPodIp: f.ipAddress,
    destinationPodName: f.string,
    destinationContainerName: f.string,
    destinationLabels: f.stringMap,
    destinationNamespace: f.string,
    destinationServiceAccountName: f.string,
    destinationHostIp: f.ipAddress,
    destinationOwner: f.string,
    destinationWorkloadUid: f.string,
    destinationWorkloadName: f.string,
    destinationWorkloadNamespace: f.string,
  },
  outputPrefix: 'adapter_template_kubernetes.output.',
});
